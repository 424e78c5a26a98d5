import type { EndpointRow, Vantage } from '../../../preload/contract/connectivity.ts'
import { networkText, reproduce } from '../../../preload/network-text.ts'
import { vantageInSentence } from '../../../preload/vantages.ts'
import { decidingStage } from '../../../preload/verdicts.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { Facts } from '../../ui/Panel.tsx'
import { At } from '../../ui/Time.tsx'
import { causeLabel } from '../causeLabel.ts'
import type { Cell } from '../matrix/matrix.ts'
import classes from './Details.module.css'
import { Timeline } from './StageTimeline.tsx'

export interface VantageDetailsProps {
  readonly row: EndpointRow
  readonly vantage: Vantage
  readonly cell: Cell | undefined
}

/** One endpoint from one vantage: why, what now, how to see it again, and every stage. */
export function VantageDetails({ row, vantage, cell }: VantageDetailsProps) {
  if (cell === undefined) return <p className={classes.quiet}>Not checked yet.</p>
  const { stages, result, startedAt } = cell
  if (result === undefined && stages.length === 0) return <p className={classes.quiet}>Waiting for its turn.</p>
  const again = result === undefined ? '' : reproduce(row, result)
  const why = result === undefined || result.verdict === 'pass' ? undefined : decidingStage(stages)?.evidence
  return (
    <div className={classes.vantage}>
      {result !== undefined && result.verdict !== 'pass' && (
        <Facts
          rows={[
            ...(result.cause === ''
              ? []
              : ([
                  [
                    'Why',
                    <span key="why">
                      <strong>{causeLabel(result.cause)}</strong> <code>{result.cause}</code>
                      {why !== undefined && <span className={classes.why}>{why}</span>}
                    </span>,
                  ],
                ] as const)),
            ...(result.companion === undefined
              ? []
              : ([
                  [
                    'About',
                    <span key="about">
                      <code>{`${result.companion.host}:${result.companion.port} ${result.companion.protocol}`}</code>, a
                      further host that this connection needs
                    </span>,
                  ],
                ] as const)),
            ...(result.hint === '' ? [] : ([['What now', result.hint]] as const)),
            ...(again === ''
              ? []
              : ([
                  [
                    'See it again',
                    <code key="again" className={classes.command}>
                      {again}
                    </code>,
                  ],
                ] as const)),
          ]}
        />
      )}
      {result !== undefined && (
        <div className={classes.actions}>
          <CopyButton label="Copy for the network team" text={() => networkText(row, result, startedAt)} />
          <span className={classes.quiet}>
            Checked from {result.vantage.name} at <At at={startedAt} />
          </span>
        </div>
      )}
      {stages.length > 0 && (
        <Timeline title={`Stages of ${row.title} from ${vantageInSentence(vantage)}`} stages={stages} />
      )}
      {result !== undefined && <ConnectionFacts result={result} />}
    </div>
  )
}

/** What was met on the way, for whoever looks for it in a firewall's log. */
function ConnectionFacts({ result: { facts: seen } }: { readonly result: NonNullable<Cell['result']> }) {
  const { addresses, source, destination, proxy, issuer, resolver } = seen
  const facts = [
    ['From', source],
    ['To', destination],
    ['Name gave', addresses.join(', ')],
    ['Asked of', resolver],
    ['Through', proxy],
    ['Issued by', issuer],
  ].filter(([, value]) => value !== '')
  if (facts.length === 0) return null
  return (
    <dl className={classes.seen} aria-label="What was met on the way">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
