import type { ExportFormat } from '../../preload/contract/logs.ts'
import { type LogFilter, toQuery } from './query.ts'
import type { ExportChoice, ExportedFile, LogsClient } from './state.ts'

export const exportFormats = ['text', 'ndjson', 'csv', 'otlp-json'] as const satisfies ExportFormat[]

const kinds = {
  text: ['log', 'text/plain'],
  ndjson: ['ndjson', 'application/x-ndjson'],
  csv: ['csv', 'text/csv'],
  'otlp-json': ['otlp.jsonl', 'application/x-ndjson'],
} as const satisfies Record<ExportFormat, readonly [string, string]>

/** Parts of this size are handed to the browser, which can keep them on disk. */
const partCharacters = 4_000_000

/** The lines of the filter as a file. `onProgress` gets the number of lines so far. Throws what the core does. */
export async function exportFile(
  client: LogsClient,
  { planeId, filter }: { readonly planeId: string; readonly filter: LogFilter },
  { format, redact }: ExportChoice,
  onProgress: (records: number) => void,
  signal: AbortSignal,
): Promise<ExportedFile> {
  const { limit: _, ...query } = toQuery(planeId, filter, Date.now())
  const [extension, mediaType] = kinds[format]
  let [part, records, redacted] = ['', 0, 0]
  let content = new Blob([])
  for await (const event of await client.logs.export({ ...query, format, redact }, { signal })) {
    if (event.kind === 'done') redacted = event.redacted
    else {
      records = event.records
      part += event.text
      if (part.length < partCharacters) continue
      content = new Blob([content, part])
      part = ''
      onProgress(records)
    }
  }
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '')
  return {
    name: `logs-${time}.${extension}`,
    mediaType,
    content: new Blob([content, part]),
    records,
    redacted,
  }
}
