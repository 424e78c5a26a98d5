import type { ExportEvent, ExportFormat, LogQuery } from '../../../preload/contract/logs.ts'
import type { Found } from '../store/search.ts'
import { formatters } from './formats.ts'
import { redactRecord } from './redact.ts'

export interface ExportInput {
  readonly query: LogQuery
  readonly format: ExportFormat
  readonly redact: boolean
}

type Search = (query: LogQuery, signal: AbortSignal) => AsyncIterable<Found>

/** All records that match, as the text of a file, as they are found. */
export async function* exportLogs(
  search: Search,
  input: ExportInput,
  signal: AbortSignal,
): AsyncGenerator<ExportEvent> {
  const formatter = formatters[input.format]
  let [records, redacted, damaged] = [0, 0, 0]
  if (formatter.head !== '') yield { kind: 'text', text: formatter.head, records }
  for await (const event of search({ ...input.query, limit: Number.MAX_SAFE_INTEGER }, signal)) {
    if (event.kind === 'done') {
      damaged += event.damaged ?? 0
      continue
    }
    const given = input.redact ? event.records.map(redactRecord) : event.records
    redacted += given.filter((record, index) => record !== event.records[index]).length
    records += given.length
    yield { kind: 'text', text: formatter.format(given), records }
  }
  yield { kind: 'done', records, redacted, ...(damaged > 0 && { damaged }) }
}
