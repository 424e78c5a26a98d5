import { Button } from '@mantine/core'
import type { EndpointRow, StageResult, Vantage } from '../../preload/contract/connectivity.ts'
import { failedStage, networkText, reproduce } from '../../preload/network-text.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { IconRefresh } from '../ui/icons.ts'
import { Facts } from '../ui/Panel.tsx'
import { Status, verdictLook } from '../ui/Status.tsx'
import { Ago } from '../ui/Time.tsx'
import classes from './Connectivity.module.css'
import { type Cell, vantageKey } from './store.ts'

const stageTitles: Readonly<Record<StageResult['stage'], string>> = {
  config: 'Configuration',
  dns: 'Name',
  tcp: 'TCP',
  proxy: 'Proxy',
  tls: 'TLS',
  identity: 'Identity',
  auth: 'Sign-in',
}

const scopes: Readonly<Record<string, string>> = {
  external: 'on the internet',
  vpc: 'in the private network',
  cluster: 'in the cluster',
}

const inspections: Readonly<Record<string, string>> = {
  never: 'Must not be inspected',
  'with-ca': 'May be inspected, where the authority is trusted',
}

export interface EndpointDetailsProps {
  readonly row: EndpointRow
  readonly vantages: readonly Vantage[]
  readonly cells: Readonly<Record<string, Cell>>
  readonly running: boolean
  readonly onRun: () => void
}

/** One endpoint: what it is for, what each stage saw, why it is as it is, and what to do. */
export function EndpointDetails({ row, vantages, cells, running, onRun }: EndpointDetailsProps) {
  return (
    <div className={classes.details}>
      <Facts
        rows={[
          ['Component', row.componentTitle],
          ['Direction', `${row.direction}, ${scopes[row.scope] ?? row.scope}`],
          ['Required', row.required ? 'Yes' : 'No'],
          ['TLS inspection', inspections[row.inspection] ?? row.inspection],
          ...(row.note === '' ? [] : ([['Note', row.note]] as const)),
        ]}
      />
      {vantages.map((vantage) => (
        <VantageDetails key={vantageKey(vantage)} row={row} cell={cells[vantageKey(vantage)]} />
      ))}
      <div className={classes.detailActions}>
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconRefresh size={14} aria-hidden />}
          disabled={running}
          onClick={onRun}
        >
          Check this one
        </Button>
      </div>
    </div>
  )
}

function VantageDetails({ row, cell }: { readonly row: EndpointRow; readonly cell: Cell | undefined }) {
  if (cell === undefined) return <p className={classes.quiet}>Not checked yet.</p>
  const { stages, result, startedAt } = cell
  const failed = failedStage(stages)
  const again = result === undefined ? '' : reproduce(row, result)
  const total = Math.max(
    1,
    stages.reduce((sum, { ms }) => sum + ms, 0),
  )
  return (
    <div className={classes.vantage}>
      {stages.length > 0 && (
        <table className={classes.stages} aria-label={`Stages of ${row.title}`}>
          <thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col">Verdict</th>
              <th scope="col" colSpan={2}>
                Time
              </th>
              <th scope="col">Evidence</th>
            </tr>
          </thead>
          <tbody>
            {stages.map((stage) => (
              <tr key={stage.stage}>
                <th scope="row">{stageTitles[stage.stage]}</th>
                <td>
                  <Status look={verdictLook[stage.verdict]} />
                </td>
                <td className={`${classes.time} numbers`}>{Math.round(stage.ms)} ms</td>
                <td className={classes.track}>
                  <span
                    className={classes.bars}
                    data-verdict={stage.verdict}
                    style={{ width: `${Math.max(2, (100 * stage.ms) / total)}%` }}
                  />
                </td>
                <td className={`${classes.evidence} mono`}>{stage.evidence}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {result === undefined && stages.length === 0 && <p className={classes.quiet}>Waiting for its turn.</p>}
      {result !== undefined && result.verdict !== 'pass' && (
        <Facts
          rows={[
            [
              'Why',
              [failed?.evidence, result.cause === '' ? undefined : `(${result.cause})`].filter(Boolean).join(' '),
            ],
            ...(result.hint === '' ? [] : ([['What now', result.hint]] as const)),
            ...(again === '' ? [] : ([['See it again', <code key="again">{again}</code>]] as const)),
          ]}
        />
      )}
      {result !== undefined && (
        <div className={classes.detailActions}>
          <CopyButton label="Copy for the network team" text={() => networkText(row, result, startedAt)} />
          <span className={classes.quiet}>
            Checked <Ago at={startedAt} /> from {result.vantage.name}
          </span>
        </div>
      )}
    </div>
  )
}
