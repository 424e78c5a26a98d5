import { utcTime } from '../../../preload/network-text.ts'
import { vantageTitle } from '../../../preload/vantages.ts'
import { fenced, inline, markdownTable } from './markdown-text.ts'
import { type Concern, destination, marks, type Outline } from './outline.ts'

/** A report to paste into an issue or a wiki. Every text from a profile, a cluster or a server is escaped. */
export function reportMarkdown(report: Outline): string {
  const { title, version, startedAt, runId, counts, vantages, findings, matrix, concerns, others } = report
  const columns = vantages.map(({ vantage }) => vantageTitle(vantage))
  const parts = [
    `# Connectivity of ${inline(title)}`,
    markdownTable(
      ['What', ''],
      [
        ['Checked', utcTime(startedAt)],
        ['From', columns.join(', ')],
        ['Verdicts', countsLine(counts)],
        ['Run', runId],
        ['By', `Hangar ${version}`],
      ],
    ),
    '## Findings',
    findings.length === 0
      ? inline(
          concerns.length === 0 ? 'No problem was found.' : 'No cause is shared by several endpoints. See each below.',
        )
      : findings
          .map(
            ({ cause, endpoints, hint, evidence }) =>
              `- **${inline(cause)}** on ${endpoints.length} ${endpoints.length === 1 ? 'row' : 'rows'} (${inline(endpoints.join(', '))}): ${inline(evidence)}\n  - What to do: ${inline(hint)}`,
          )
          .join('\n'),
    '## All rows',
    matrix.length === 0
      ? 'The list of endpoints is empty.'
      : markdownTable(
          ['Row', 'Component', 'Destination', 'Required', ...columns],
          matrix.map(({ row, cells }) => [
            row.title,
            row.componentTitle,
            destination(row),
            row.required ? 'yes' : 'no',
            ...cells.map((cell) =>
              cell === undefined
                ? ''
                : `${marks[cell.verdict]} ${cell.verdict}${cell.cause === '' ? '' : ` (${cell.cause})`}`,
            ),
          ]),
        ),
    ...limitedVantages(report),
    ...(concerns.length === 0 ? [] : ['## Problems', ...concerns.map(concernText)]),
    ...(others.length === 0
      ? []
      : [
          '## Other results',
          markdownTable(
            ['Row', 'From', 'Verdict', 'Evidence'],
            others.map(({ row, result }) => [
              row.title,
              vantageTitle(result.vantage),
              `${marks[result.verdict]} ${result.verdict}`,
              result.verdict === 'skipped' ? result.hint : (result.stages.at(-1)?.evidence ?? ''),
            ]),
          ),
        ]),
  ]
  return `${parts.join('\n\n')}\n`
}

export const countsLine = (counts: Outline['counts']): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', ') || 'none'

function limitedVantages({ vantages }: Outline): readonly string[] {
  const limited = vantages.filter(({ state }) => state !== 'ran')
  if (limited.length === 0) return []
  return [
    '## Vantages',
    ...limited.flatMap(({ vantage, state, cause, message, hint, manifest }) => [
      `- **${inline(vantageTitle(vantage))}**: ${state === 'failed' ? 'unusable' : 'partially checked'}${cause === '' ? '' : ` (${inline(cause)})`}. ${inline(message)} ${inline(hint)}`,
      ...(manifest === '' ? [] : ['For an administrator to apply:', fenced(manifest, 'yaml')]),
    ]),
  ]
}

function concernText({ row, result, why, meaning, owner, networkText }: Concern): string {
  const { verdict, cause, hint, vantage, stages } = result
  const parts = [
    `### ${marks[verdict]} ${inline(row.title)}, from ${inline(vantageTitle(vantage))}: ${verdict}${cause === '' ? '' : ` (${inline(cause)})`}`,
    [
      why === '' ? '' : `- Why: ${inline(why)}`,
      meaning === '' ? '' : `- Meaning: ${inline(meaning)}`,
      hint === '' ? '' : `- What to do: ${inline(hint)}`,
      owner === '' || owner === 'none' ? '' : `- Owner: ${inline(owner)}`,
    ]
      .filter((line) => line !== '')
      .join('\n'),
    markdownTable(
      ['Stage', 'Verdict', 'Started', 'Duration', 'Evidence'],
      stages.map((stage) => [
        stage.stage,
        `${marks[stage.verdict]} ${stage.verdict}`,
        stage.at === '' ? '' : utcTime(stage.at),
        `${Math.round(stage.ms)} ms`,
        stage.evidence,
      ]),
    ),
    ...(networkText === '' ? [] : ['For the network team:', fenced(networkText)]),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}
