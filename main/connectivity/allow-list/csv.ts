import { inertCell } from '../../lib/rules/spreadsheet.ts'
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

/** RFC 4180, every cell quoted. */
export function csvList(list: AllowListSubject): string {
  const lines = [
    columns.map(([name]) => name),
    ...list.destinations.map((each) => columns.map(([, value]) => value(each, list))),
  ]
  return `${lines.map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`
}

const cell = (text: string): string => `"${inertCell(oneLine(text)).replaceAll('"', '""')}"`
