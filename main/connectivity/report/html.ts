import type { StageResult } from '../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import { utcTime } from '../../../preload/network-text.ts'
import { vantageTitle } from '../../../preload/vantages.ts'
import { countsLine } from './markdown.ts'
import { type Concern, destination, marks, type Outline } from './outline.ts'
import { style } from './style.ts'

/** Text in HTML, in an element or in a quoted attribute. */
const html = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

/** A single file to send, open offline and print. Its Content-Security-Policy forbids scripts and requests. */
export function reportHtml(report: Outline): string {
  const { title, version, startedAt, endedAt, runId, vantages, counts } = report
  const heading = `Connectivity of ${title}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${html(heading)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${html(heading)}</h1>
${facts([
  ['Checked', `${utcTime(startedAt)} to ${utcTime(endedAt)}`],
  ['From', vantages.map(({ vantage }) => vantageTitle(vantage)).join(', ')],
  ['Verdicts', countsLine(counts)],
  ['Run', runId],
  ['By', `Hangar ${version}`],
])}
</header>
<main>
${[findingsHtml(report), vantagesHtml(report), matrixHtml(report), concernsHtml(report), othersHtml(report)].filter((part) => part !== '').join('\n')}
</main>
</body>
</html>
`
}

const facts = (rows: readonly (readonly [string, string])[]): string =>
  `<dl>${rows
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `<dt>${html(name)}</dt><dd>${html(text)}</dd>`)
    .join('')}</dl>`

const verdictHtml = (verdict: Verdict, cause = ''): string =>
  `<span class="verdict ${verdict}">${marks[verdict]} ${verdict}</span>${cause === '' ? '' : ` <code>${html(cause)}</code>`}`

function findingsHtml({ findings, concerns }: Outline): string {
  const none =
    concerns.length === 0 ? 'No problem was found.' : 'No cause is shared by several endpoints. See each below.'
  const body = findings.map(
    ({ cause, endpoints, vantages, hint, evidence }) => `<article class="finding fail">
<h3><code>${html(cause)}</code> on ${endpoints.length} ${endpoints.length === 1 ? 'row' : 'rows'}</h3>
<p>${html(evidence)}</p>
${facts([
  ['What to do', hint],
  ['Rows', endpoints.join(', ')],
  ['From', vantages.map(vantageTitle).join(', ')],
])}
</article>`,
  )
  return `<section>\n<h2>Findings</h2>\n${body.length === 0 ? `<p>${none}</p>` : body.join('\n')}\n</section>`
}

function vantagesHtml({ vantages }: Outline): string {
  const limited = vantages.filter(({ state }) => state !== 'ran')
  if (limited.length === 0) return ''
  const body = limited.map(
    ({ vantage, state, cause, message, hint, manifest }) => `<article class="finding unknown">
<h3>From ${html(vantageTitle(vantage))}: ${state === 'failed' ? 'unusable' : 'partially checked'} <code>${html(cause)}</code></h3>
<p>${html(message)}</p>
<p>${html(hint)}</p>
${manifest === '' ? '' : `<p>For an administrator to apply:</p>\n<pre>${html(manifest)}</pre>`}
</article>`,
  )
  return `<section>\n<h2>Vantages</h2>\n${body.join('\n')}\n</section>`
}

function matrixHtml({ matrix, vantages }: Outline): string {
  if (matrix.length === 0) return '<section>\n<h2>All rows</h2>\n<p>The list of endpoints is empty.</p>\n</section>'
  const columns = vantages.map(({ vantage }) => `<th scope="col">${html(vantageTitle(vantage))}</th>`).join('')
  const rows = matrix.map(({ row, cells }) => {
    const cellTexts = cells.map((cell) => `<td>${cell === undefined ? '' : verdictHtml(cell.verdict, cell.cause)}</td>`)
    return `<tr><th scope="row">${html(row.title)}</th><td>${html(row.componentTitle)}</td><td>${html(destination(row))}</td><td>${row.required ? 'yes' : 'no'}</td>${cellTexts.join('')}</tr>`
  })
  return `<section>
<h2>All rows</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Row</th><th scope="col">Component</th><th scope="col">Destination</th><th scope="col">Required</th>${columns}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>
</section>`
}

const concernsHtml = ({ concerns }: Outline): string =>
  concerns.length === 0 ? '' : `<section>\n<h2>Problems</h2>\n${concerns.map(concernHtml).join('\n')}\n</section>`

function concernHtml({ row, result, why, meaning, owner, reproduceCommand, networkText }: Concern): string {
  const { vantage, verdict, cause, hint, stages } = result
  return `<article class="concern ${verdict}">
<h3>${html(row.title)}, from ${html(vantageTitle(vantage))}: ${verdictHtml(verdict, cause)}</h3>
${facts([
  ['Why', why],
  ['Meaning', meaning],
  ['What to do', hint],
  ['Owner', owner === 'none' ? '' : owner],
  ['Note', row.note],
])}
${stagesHtml(stages)}
${reproduceCommand === '' ? '' : `<p>To reproduce:</p>\n<pre>${html(reproduceCommand)}</pre>`}
${networkText === '' ? '' : `<p>For the network team:</p>\n<pre>${html(networkText)}</pre>`}
</article>`
}

/** The stages, each with a bar for its start and duration within the whole check. */
function stagesHtml(stages: readonly StageResult[]): string {
  const starts = stages.flatMap(({ at }) => (at === '' ? [] : [Date.parse(at)]))
  const start = Math.min(...starts)
  const ends = stages.flatMap(({ at, ms }) => (at === '' ? [] : [Date.parse(at) + ms]))
  const span = Math.max(1, Math.max(...ends, start) - start)
  const percent = (ms: number): string => Math.min(100, Math.max(0, (100 * ms) / span)).toFixed(1)
  const rows = stages.map(({ stage, verdict, at, ms, evidence }) => {
    const bar =
      at === ''
        ? ''
        : `<i class="${verdict}" style="margin-left:${percent(Date.parse(at) - start)}%;width:${percent(ms)}%"></i>`
    return `<tr><th scope="row">${stage}</th><td>${verdictHtml(verdict)}</td><td class="numbers">${at === '' ? '' : `${Math.round(ms)} ms`}</td><td class="track">${bar}</td><td class="evidence">${html(evidence)}</td></tr>`
  })
  if (rows.length === 0) return ''
  return `<div class="scroll"><table class="stages">
<thead><tr><th scope="col">Stage</th><th scope="col">Verdict</th><th scope="col" colspan="2">Time</th><th scope="col">Evidence</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`
}

function othersHtml({ others }: Outline): string {
  if (others.length === 0) return ''
  const rows = others.map(({ row, result: { vantage, verdict, cause, stages, hint } }) => {
    const evidence = verdict === 'skipped' ? hint : (stages.at(-1)?.evidence ?? '')
    return `<tr><th scope="row">${html(row.title)}</th><td>${html(vantageTitle(vantage))}</td><td>${verdictHtml(verdict, cause)}</td><td class="evidence">${html(evidence)}</td></tr>`
  })
  return `<section>
<h2>Other results</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Row</th><th scope="col">From</th><th scope="col">Verdict</th><th scope="col">Evidence</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>
</section>`
}
