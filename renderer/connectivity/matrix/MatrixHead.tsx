import { ActionIcon } from '@mantine/core'
import type { Vantage } from '../../../preload/contract/connectivity.ts'
import { vantageInSentence, vantageKey } from '../../../preload/vantages.ts'
import { verdictsWorstFirst } from '../../../preload/verdicts.ts'
import { Rich } from '../../strings/Rich.tsx'
import { t } from '../../strings/t.ts'
import { CutName } from '../../ui/CutName.tsx'
import { IconComponent, IconComputer, IconNode, IconPod, IconRefresh } from '../../ui/icons.ts'
import { checkingStatus, Status, type StatusAppearance, verdictStatus } from '../../ui/Status.tsx'
import { Ago } from '../../ui/Time.tsx'
import { columnTitle } from '../vantages/vantages.ts'
import type { MatrixActions } from './actions.ts'
import classes from './Matrix.module.css'
import type { Matrix, VantageState } from './matrix.ts'

const icons = {
  computer: IconComputer,
  pod: IconPod,
  node: IconNode,
  component: IconComponent,
  'existing-pod': IconPod,
} as const

const limitedStatus: StatusAppearance = { ...verdictStatus.warn, label: t('connectivity.matrix.limited') }
const failedStatus: StatusAppearance = { ...verdictStatus.fail, label: t('connectivity.matrix.unavailable') }
const preparingStatus: StatusAppearance = { ...checkingStatus, label: t('connectivity.matrix.preparing') }

/** Up to this number of columns, a column has room for text. */
const fewVantages = 3

export interface MatrixHeadProps {
  readonly vantages: readonly Vantage[]
  readonly matrix: Matrix
  /** By vantage: when all its results were made; undefined where they differ. */
  readonly times: Readonly<Record<string, string | undefined>>
  readonly actions: MatrixActions | undefined
  /** Whether there is a column for the last runs. */
  readonly hasHistory: boolean
}

/** A column head per vantage: kind, name, and state or counts. */
export function MatrixHead({ vantages, matrix, times, actions, hasHistory }: MatrixHeadProps) {
  return (
    <thead>
      <tr>
        <th scope="col" className={classes.connection}>
          {t('connectivity.matrix.endpoint')}
        </th>
        {hasHistory && (
          <th scope="col" className={classes.trendHead}>
            {t('connectivity.trend.head')}
          </th>
        )}
        {vantages.map((vantage) => {
          const [kind, name] = columnTitle(vantage)
          const key = vantageKey(vantage)
          const Icon = icons[vantage.kind]
          const recheck = t('connectivity.action.checkFrom', { vantage: vantageInSentence(vantage) })
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
                    className={classes.recheck}
                    aria-label={recheck}
                    title={recheck}
                    disabled={actions.running}
                    onClick={() => actions.onVantage(vantage)}
                  >
                    <IconRefresh size={13} aria-hidden />
                  </ActionIcon>
                )}
              </div>
              <div className={`${classes.name} mono`} title={name}>
                <CutName name={name} />
              </div>
              <HeadState
                state={matrix.vantageStates[key]}
                counts={columnCounts(matrix, key)}
                at={times[key] === matrix.startedAt ? undefined : times[key]}
              />
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

/** "2 failed, 10 passed": the two worst verdicts of a column. */
function columnCounts({ cells }: Matrix, key: string): string {
  const verdicts = Object.values(cells).map((byVantage) => byVantage[key]?.result?.verdict)
  return verdictsWorstFirst
    .map((verdict) => [verdict, verdicts.filter((one) => one === verdict).length] as const)
    .filter(([, count]) => count > 0)
    .slice(0, 2)
    .map(([verdict, count]) => t(`connectivity.count.${verdict}`, { count }))
    .join(', ')
}

interface HeadStateProps {
  readonly state: VantageState | undefined
  readonly counts: string
  /** When the column was checked, if at another time than the table. */
  readonly at: string | undefined
}

function HeadState({ state, counts, at }: HeadStateProps) {
  if (state !== undefined && state.waitingFor !== '') {
    return (
      <div className={`${classes.headState} ${classes.headStatus}`} role="status" title={state.waitingFor}>
        <Status appearance={preparingStatus} label={state.waitingFor} />
      </div>
    )
  }
  if (state?.outcome?.state === 'failed' || state?.outcome?.state === 'limited') {
    return (
      <div className={classes.headState} title={state.outcome.message}>
        <Status appearance={state.outcome.state === 'failed' ? failedStatus : limitedStatus} />
      </div>
    )
  }
  return (
    <div className={classes.headState}>
      {at === undefined ? (
        counts
      ) : (
        <Rich message="connectivity.matrix.countsAt" values={{ age: <Ago at={at} />, counts }} />
      )}
    </div>
  )
}
