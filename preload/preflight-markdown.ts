import type { PreflightReport, PreflightResult } from './contract/install.ts'
import type { Verdict } from './contract/words.ts'

/** What needs action first. */
const order: Readonly<Record<Verdict, number>> = { fail: 0, warn: 1, unknown: 2, pass: 3, skipped: 4 }

/** Pure: failures first, then warnings and what is unknown; within each, in the order of the report. */
export const byUrgency = (results: readonly PreflightResult[]): PreflightResult[] =>
  results.toSorted((a, b) => order[a.verdict] - order[b.verdict])

export const needsAction = ({ verdict }: Pick<PreflightResult, 'verdict'>): boolean =>
  verdict === 'fail' || verdict === 'warn' || verdict === 'unknown'

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')

/** A fence that the text cannot end. */
const fenced = (text: string): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text}\n${fence}`
}

/** Pure: a report for support, in Markdown. */
export function preflightMarkdown({ context, startedAt, results }: PreflightReport): string {
  const sorted = byUrgency(results)
  const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length
  const details = sorted
    .filter(needsAction)
    .map(({ id, title, verdict, severity, message, hint, evidence }) =>
      [
        `## ${title} (\`${id}\`)`,
        `**${verdict}**, ${severity}: ${message}`,
        ...(hint === '' ? [] : [`What to do: ${hint}`]),
        ...(evidence === '' ? [] : [fenced(evidence)]),
      ].join('\n\n'),
    )
  return `${[
    `# Preflight of ${context}`,
    `${startedAt}: ${count('fail')} failed, ${count('warn')} warnings, ${count('unknown')} unknown, ${count('pass')} passed, ${count('skipped')} skipped.`,
    [
      '| Verdict | Check | Result |',
      '| --- | --- | --- |',
      ...sorted.map(({ verdict, title, message }) => `| ${verdict} | ${cell(title)} | ${cell(message)} |`),
    ].join('\n'),
    ...details,
  ].join('\n\n')}\n`
}
