import type { EndpointRow, Finding } from '../../preload/contract/connectivity.ts'
import { counted } from '../lib/time.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { Notice } from '../ui/Notice.tsx'
import classes from './Connectivity.module.css'

const named = (endpoints: readonly string[], rows: readonly EndpointRow[]) =>
  endpoints.map((id) => rows.find((row) => row.id === id)?.title ?? id)

/** One cause for several rows, said once. */
export function Findings({
  findings,
  rows,
}: {
  readonly findings: readonly Finding[]
  readonly rows: readonly EndpointRow[]
}) {
  if (findings.length === 0) return null
  return (
    <section className={classes.findings} aria-label="Findings">
      {findings.map(({ cause, endpoints, hint, evidence, vantages }) => {
        const titles = named(endpoints, rows)
        return (
          <Notice
            key={`${cause}/${endpoints.join()}`}
            tone="warn"
            title={hint}
            actions={
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
            }
          >
            <div>
              Concerns {counted(endpoints.length, 'row')}: {titles.join(', ')}
            </div>
            {evidence !== '' && <div className={`${classes.evidence} mono`}>{evidence}</div>}
          </Notice>
        )
      })}
    </section>
  )
}
