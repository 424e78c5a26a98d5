import { Button } from '@mantine/core'
import type { EndpointRow, Finding } from '../../../preload/contract/connectivity.ts'
import { vantageTitle } from '../../../preload/vantages.ts'
import { t } from '../../strings/t.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { HelpLink } from '../../ui/HelpLink.tsx'
import { Notice } from '../../ui/Notice.tsx'
import classes from '../Connectivity.module.css'
import { causeLabel } from '../causeLabel.ts'
import { vantagesText } from '../details/differences.ts'
import { rowTitle } from '../rowTitle.ts'
import { findingKey } from './visibleRows.ts'

export interface FindingsProps {
  readonly findings: readonly Finding[]
  readonly rows: readonly EndpointRow[]
  /** The key of the finding that the rows are filtered by. */
  readonly selected: string | undefined
  readonly onSelect: (key: string | undefined) => void
  /** A run is in progress; these findings are from the run before it. */
  readonly running?: boolean
}

/** More findings are folded, so that the table stays visible. */
const unfoldedFindings = 3

/** Causes that several rows share, above the rows. */
export function Findings({ findings, rows, selected, onSelect, running = false }: FindingsProps) {
  if (findings.length === 0) return null
  const rest = findings.slice(unfoldedFindings)
  const render = (finding: Finding) => (
    <FindingNotice key={findingKey(finding)} finding={finding} rows={rows} selected={selected} onSelect={onSelect} />
  )
  return (
    <section className={classes.findings} aria-label={t('connectivity.finding.region')}>
      {running && <p className={classes.quiet}>{t('connectivity.finding.previousRun')}</p>}
      {findings.slice(0, unfoldedFindings).map(render)}
      {rest.length > 0 && (
        <details className={classes.more}>
          <summary>{t('connectivity.finding.more', { count: rest.length })}</summary>
          <div className={classes.findings}>{rest.map(render)}</div>
        </details>
      )}
    </section>
  )
}

interface FindingNoticeProps extends Pick<FindingsProps, 'rows' | 'selected' | 'onSelect'> {
  readonly finding: Finding
}

function FindingNotice({ finding, rows, selected, onSelect }: FindingNoticeProps) {
  const { cause, endpoints, hint, evidence, vantages } = finding
  const key = findingKey(finding)
  const titles = endpoints.map((id) => rowTitle(id, rows))
  const chosen = selected === key
  return (
    <Notice
      tone="warn"
      title={t('connectivity.finding.title', {
        cause: causeLabel(cause),
        count: endpoints.length,
        vantages: vantagesText(vantages),
      })}
      actions={
        <>
          <Button
            variant={chosen ? 'filled' : 'default'}
            size="compact-xs"
            aria-pressed={chosen}
            onClick={() => onSelect(chosen ? undefined : key)}
          >
            {t('connectivity.finding.showRows', { count: endpoints.length })}
          </Button>
          <HelpLink topic="causes" name={cause} />
          <CopyButton
            label={t('connectivity.finding.copy')}
            text={() =>
              [
                `${cause}: ${hint}`,
                t('connectivity.finding.copyFrom', { vantages: vantages.map(vantageTitle).join(', ') }),
                t('connectivity.finding.copyAffects', { rows: titles.join(', ') }),
                evidence,
              ].join('\n')
            }
          />
        </>
      }
    >
      <div>{hint}</div>
      <div className={classes.affected}>
        <span className={classes.quiet}>{t('connectivity.finding.affects', { rows: titles.join(', ') })} </span>
        {evidence !== '' && <span className={`${classes.evidence} mono`}>{evidence}</span>}
      </div>
    </Notice>
  )
}
