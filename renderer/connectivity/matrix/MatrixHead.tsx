import { ActionIcon } from '@mantine/core'
import type { Vantage } from '../../../preload/contract/connectivity.ts'
import { vantageInSentence, vantageKey } from '../../../preload/vantages.ts'
import { verdictsWorstFirst } from '../../../preload/verdicts.ts'
import { IconComponent, IconComputer, IconNode, IconPod, IconRefresh } from '../../ui/icons.ts'
import { checkingStatus, Status, type StatusAppearance, verdictStatus } from '../../ui/Status.tsx'
import { Ago } from '../../ui/Time.tsx'
import { columnTitle } from '../vantages/vantages.ts'
import type { MatrixActions } from './actions.ts'
import classes from './Matrix.module.css'
import type { Matrix, VantageState } from './matrix.ts'

const icons = { computer: IconComputer, pod: IconPod, node: IconNode, component: IconComponent } as const

const limitedStatus: StatusAppearance = { ...verdictStatus.warn, label: 'Limited' }
const failedStatus: StatusAppearance = { ...verdictStatus.fail, label: 'Could not be tried' }
const preparingStatus: StatusAppearance = { ...checkingStatus, label: 'Preparing' }

/** So many columns have room for words. */
const fewVantages = 3

export interface MatrixHeadProps {
  readonly vantages: readonly Vantage[]
  readonly matrix: Matrix
  /** By vantage, when all of it was looked at. */
  readonly times: Readonly<Record<string, string | undefined>>
  readonly actions: MatrixActions | undefined
}

/** A head for each vantage: what it is, what it waits on, how it went with it. */
export function MatrixHead({ vantages, matrix, times, actions }: MatrixHeadProps) {
  return (
    <thead>
      <tr>
        <th scope="col" className={classes.connection}>
          Connection
        </th>
        {vantages.map((vantage) => {
          const [kind, name] = columnTitle(vantage)
          const key = vantageKey(vantage)
          const Icon = icons[vantage.kind]
          const again = `Check again from ${vantageInSentence(vantage)}`
          return (
            <th
              key={key}
              scope="col"
              className={classes.vantage}
              data-few={vantages.length <= fewVantages || undefined}
              data-vantage={key}
            >
              <div className={classes.headLine}>
                <Icon size={14} aria-hidden className={classes.kindIcon} />
                <span>{kind}</span>
                {actions !== undefined && name !== '' && (
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="xs"
                    className={classes.again}
                    aria-label={again}
                    title={again}
                    disabled={actions.running}
                    onClick={() => actions.onVantage(vantage)}
                  >
                    <IconRefresh size={13} aria-hidden />
                  </ActionIcon>
                )}
              </div>
              <div className={`${classes.name} mono`} title={name}>
                {name}
              </div>
              <HeadState
                head={matrix.vantageStates[key]}
                said={counts(matrix, key)}
                at={times[key] === matrix.startedAt ? undefined : times[key]}
              />
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

/** "2 fail, 10 pass": how the rows of a column are. */
function counts({ cells }: Matrix, key: string): string {
  const verdicts = Object.values(cells).map((byVantage) => byVantage[key]?.result?.verdict)
  return verdictsWorstFirst
    .map((verdict) => [verdicts.filter((one) => one === verdict).length, verdictStatus[verdict].label] as const)
    .filter(([count]) => count > 0)
    .slice(0, 2)
    .map(([count, word]) => `${count} ${word.toLowerCase()}`)
    .join(', ')
}

interface HeadStateProps {
  readonly head: VantageState | undefined
  readonly said: string
  /** When the column was looked at, where that is another time than the table's. */
  readonly at: string | undefined
}

function HeadState({ head, said, at }: HeadStateProps) {
  if (head !== undefined && head.waitingFor !== '') {
    return (
      <div className={`${classes.headState} ${classes.headStatus}`} role="status" title={head.waitingFor}>
        <Status appearance={preparingStatus} label={head.waitingFor} />
      </div>
    )
  }
  if (head?.outcome?.state === 'failed' || head?.outcome?.state === 'limited') {
    return (
      <div className={classes.headState} title={head.outcome.message}>
        <Status appearance={head.outcome.state === 'failed' ? failedStatus : limitedStatus} />
      </div>
    )
  }
  return (
    <div className={classes.headState}>
      {at !== undefined && (
        <>
          <Ago at={at} />
          {': '}
        </>
      )}
      {said}
    </div>
  )
}
