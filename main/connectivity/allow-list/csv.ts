import type { AllowListSubject, Destination } from './destination.ts'
import { evidenceLines, inspectionText, oneLine, proxyText, reviewBy } from './words.ts'

const columns: readonly (readonly [string, (each: Destination, list: AllowListSubject) => string])[] = [
  ['id', ({ id }) => id],
  ['component', ({ component }) => component],
  ['purpose', ({ title, why }) => (why === '' ? title : `${title}: ${why}`)],
  ['source', ({ source }) => source],
  ['destination', ({ host, unresolvedReason }) => (host === '' ? `UNKNOWN: ${unresolvedReason}` : host)],
  ['address_ranges', ({ addressRanges }) => addressRanges.join(' ')],
  ['port', ({ port }) => String(port)],
  ['transport', ({ transport }) => transport],
  ['protocol', ({ protocol }) => protocol],
  ['tls_inspection', inspectionText],
  ['proxy', proxyText],
  ['direction', ({ direction }) => direction],
  ['scope', ({ scope }) => scope],
  ['required', ({ required }) => (required ? 'required' : 'optional')],
  ['last_seen', (each) => evidenceLines(each).join(' / ')],
  ['addresses_seen', ({ evidence }) => [...new Set(evidence.flatMap(({ addresses }) => addresses))].join(' ')],
  ['review_by', (_each, { madeAt }) => reviewBy(madeAt)],
  ['note', ({ note }) => note],
]

/**
 * RFC 4180, every cell quoted. A cell that a spreadsheet would read as a formula begins with an apostrophe, which
 * spreadsheets show as text (OWASP, "CSV injection"). In some languages they accept full-width characters.
 */
export function csvList(list: AllowListSubject): string {
  const lines = [
    columns.map(([name]) => name),
    ...list.destinations.map((each) => columns.map(([, value]) => value(each, list))),
  ]
  return `${lines.map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`
}

function cell(text: string): string {
  const line = oneLine(text)
  return `"${(/^[=+\-@|%＝＋－＠]/.test(line) ? `'${line}` : line).replaceAll('"', '""')}"`
}
