import { once } from 'node:events'
import { ExportFormat, type LogQuery } from '../../preload/contract/logs.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { type OptionValues, type Terminal, text } from './command.ts'
import { printMessage } from './print.ts'

/** `hangar logs export QUERY`: all records that match on standard output, oldest first. A slow reader of a pipe holds it back. */
export async function exportLogs(
  terminal: Terminal,
  query: Omit<LogQuery, 'limit' | 'before' | 'after'>,
  options: OptionValues,
  signal: AbortSignal,
): Promise<0 | 1> {
  const format = ExportFormat.safeParse(text(options, 'format') ?? 'text')
  if (!format.success)
    throw new Problem('INPUT_INVALID', `--format of an export is one of ${[...ExportFormat.values].join(', ')}.`)
  const client = await terminal.client()
  const redact = options.redact !== false
  const input = { order: 'oldest', ...query, format: format.data, redact } as const
  for await (const event of await client.logs.export(input, { signal })) {
    if (event.kind === 'text') {
      if (!terminal.stdout.write(event.text)) await once(terminal.stdout, 'drain', { signal })
      continue
    }
    const { records, redacted, damaged = 0 } = event
    const hidden = redact ? `secrets or personal data were hidden in ${redacted}` : 'nothing was hidden'
    printMessage(terminal, `${records} records; ${hidden}`)
    if (damaged === 0) return 0
    printMessage(terminal, `✗ ${damaged} parts of the store are damaged and were not exported.`)
  }
  return 1
}
