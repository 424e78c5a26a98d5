import { Button } from '@mantine/core'
import type { EndpointRow, Finding } from '../../../preload/contract/connectivity.ts'
import { counted } from '../../lib/time.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { Notice } from '../../ui/Notice.tsx'
import classes from '../Connectivity.module.css'
import { causeLabel } from '../causeLabel.ts'
import { vantagesText } from '../details/differences.ts'
import { rowTitle } from '../history/changes.ts'
import { findingKey } from './visibleRows.ts'

export interface FindingsProps {
  readonly findings: readonly Finding[]
  readonly rows: readonly EndpointRow[]
  /** Key of the one whose rows alone are shown. */
  readonly selected: string | undefined
  readonly onSelect: (key: string | undefined) => void
  /** A check is under way: what is said here is of the one before. */
  readonly running?: boolean
}

/** So many are shown at once; an incident has few causes, and the table has to stay in sight. */
const shownAtOnce = 3

/** One cause for several rows, said once, above the rows. */
export function Findings({ findings, rows, selected, onSelect, running = false }: FindingsProps) {
  if (findings.length === 0) return null
  const rest = findings.slice(shownAtOnce)
  const draw = (finding: Finding) => (
    <OneFinding key={findingKey(finding)} finding={finding} rows={rows} selected={selected} onSelect={onSelect} />
  )
  return (
    <section className={classes.findings} aria-label="Findings">
      {running && <p className={classes.quiet}>From the check before, until this one has ended:</p>}
      {findings.slice(0, shownAtOnce).map(draw)}
      {rest.length > 0 && (
        <details className={classes.more}>
          <summary>{counted(rest.length, 'more finding')}</summary>
          <div className={classes.findings}>{rest.map(draw)}</div>
        </details>
      )}
    </section>
  )
}

interface OneFindingProps extends Pick<FindingsProps, 'rows' | 'selected' | 'onSelect'> {
  readonly finding: Finding
}

function OneFinding({ finding, rows, selected, onSelect }: OneFindingProps) {
  const { cause, endpoints, hint, evidence, vantages } = finding
  const key = findingKey(finding)
  const titles = endpoints.map((id) => rowTitle(id, rows))
  const chosen = selected === key
  return (
    <Notice
      tone="warn"
      title={`${causeLabel(cause)}: ${counted(endpoints.length, 'connection')} from ${vantagesText(vantages)}`}
      actions={
        <>
          <Button
            variant={chosen ? 'filled' : 'default'}
            size="compact-xs"
            aria-pressed={chosen}
            onClick={() => onSelect(chosen ? undefined : key)}
          >
            {endpoints.length === 1 ? 'Show its row' : `Show its ${endpoints.length} rows`}
          </Button>
          <CopyButton
            label="Copy finding"
            text={() =>
              [
                `${cause}: ${hint}`,
                `From: ${vantages.map(({ name, kind }) => `${name} (${kind})`).join(', ')}`,
                `Concerns: ${titles.join(', ')}`,
                evidence,
              ].join('\n')
            }
          />
        </>
      }
    >
      <div>{hint}</div>
      <div className={classes.said}>
        <span className={classes.quiet}>Concerns {titles.join(', ')}. </span>
        {evidence !== '' && <span className={`${classes.evidence} mono`}>{evidence}</span>}
      </div>
    </Notice>
  )
}
