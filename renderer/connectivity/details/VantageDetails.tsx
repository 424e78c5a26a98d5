import type { ReactNode } from 'react'
import type { EndpointRow, Result, Vantage } from '../../../preload/contract/connectivity.ts'
import { networkText, reproduce } from '../../../preload/network-text.ts'
import { vantageInSentence } from '../../../preload/vantages.ts'
import { decidingStage } from '../../../preload/verdicts.ts'
import { Rich } from '../../strings/Rich.tsx'
import { t } from '../../strings/t.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { HelpLink } from '../../ui/HelpLink.tsx'
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

/** One endpoint from one vantage: cause, hint, a command that reproduces the result, stages and connection facts. */
export function VantageDetails({ row, vantage, cell }: VantageDetailsProps) {
  if (cell === undefined) return <p className={classes.quiet}>{t('connectivity.details.notChecked')}</p>
  const { stages, result, startedAt } = cell
  if (result === undefined && stages.length === 0) {
    return <p className={classes.quiet}>{t('connectivity.details.waiting')}</p>
  }
  return (
    <div className={classes.vantage}>
      {result !== undefined && result.verdict !== 'pass' && <Facts rows={causeFacts(row, result)} />}
      {result !== undefined && (
        <div className={classes.actions}>
          <CopyButton exact label={t('connectivity.details.copy')} text={() => networkText(row, result, startedAt)} />
          <span className={classes.quiet}>
            <Rich
              message="connectivity.details.checkedFrom"
              values={{ vantage: result.vantage.name, time: <At at={startedAt} /> }}
            />
          </span>
        </div>
      )}
      {stages.length > 0 && (
        <Timeline
          title={t('connectivity.timeline.title', { title: row.title, vantage: vantageInSentence(vantage) })}
          stages={stages}
        />
      )}
      {result !== undefined && <ConnectionFacts result={result} />}
    </div>
  )
}

/** Why a result is not a pass, and what to do. */
function causeFacts(row: EndpointRow, result: Result): readonly (readonly [string, ReactNode])[] {
  const { cause, companion, hint, stages } = result
  const evidence = decidingStage(stages)?.evidence
  const command = reproduce(row, result)
  const facts: [string, ReactNode][] = []
  if (cause !== '') {
    facts.push([
      t('connectivity.details.cause'),
      <span key="cause">
        <strong>{causeLabel(cause)}</strong> <code>{cause}</code> <HelpLink topic="causes" name={cause} />
        {evidence !== undefined && <span className={classes.why}>{evidence}</span>}
      </span>,
    ])
  }
  if (companion !== undefined) {
    const host = `${companion.host}:${companion.port} ${companion.protocol}`
    facts.push([
      t('connectivity.details.relatedHost'),
      <span key="companion">
        <Rich message="connectivity.details.relatedHostText" values={{ host }} />
      </span>,
    ])
  }
  if (hint !== '') facts.push([t('connectivity.details.hint'), hint])
  if (command !== '') {
    facts.push([
      t('connectivity.details.reproduce'),
      <code key="command" className={classes.command}>
        {command}
      </code>,
    ])
  }
  return facts
}

/** Addresses, proxy and certificate of the connection, to find it in the log of a firewall. */
function ConnectionFacts({ result }: { readonly result: Result }) {
  const { addresses, source, destination, proxy, issuer, resolver } = result.facts
  const facts = (
    [
      ['source', source],
      ['destination', destination],
      ['addresses', addresses.join(', ')],
      ['resolver', resolver],
      ['proxy', proxy],
      ['issuer', issuer],
    ] as const
  ).filter(([, value]) => value !== '')
  if (facts.length === 0) return null
  return (
    <dl className={classes.connection} aria-label={t('connectivity.details.facts.region')}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{t(`connectivity.details.facts.${name}`)}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
