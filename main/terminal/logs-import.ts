import { resolve } from 'node:path'
import { Problem } from '../../preload/contract/problem.ts'
import { type ExitCode, formOf, type OptionValues, type Terminal, text, texts } from './command.ts'
import { LiveLines } from './live-lines.ts'
import { formatOf } from './logs-parse.ts'
import { printJson, printMessage } from './print.ts'

/** Where a line is from that no collection has read. */
const defaultSource = 'import'

/**
 * `hangar logs import FILE|FOLDER|-`: stores the logs of files in the plane's store. Cancelled, it keeps what is stored, and the
 * next one continues. Throws INPUT_INVALID, FILE_UNREADABLE, FILE_INVALID, LOG_IMPORT_LIMIT, LOG_STORE_BUSY, VAULT_LOCKED.
 */
export async function importLogs(
  terminal: Terminal,
  planeId: string,
  path: string,
  options: OptionValues,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (path === '') throw new Problem('USAGE_INVALID', 'Name the file or folder to import; "-" is standard input.')
  const [source = defaultSource, ...others] = texts(options, 'source')
  if (others.length > 0) throw new Problem('USAGE_INVALID', 'An import has one --source.')
  const format = formatOf(text(options, 'format'))
  const { logs } = await terminal.app()
  const input = { planeId, path: path === '-' ? path : resolve(path), source, format }
  let [records, storedFiles] = [0, 0]
  const live = new LiveLines(terminal)
  for await (const progress of logs.import({ ...input, kubelet: options.kubelet === true }, signal)) {
    records = progress.records
    storedFiles = progress.storedFiles
    const { bytes, totalBytes } = progress
    const part =
      totalBytes === undefined ? `${megabytes(bytes)} MB` : `${megabytes(bytes)} of ${megabytes(totalBytes)} MB`
    live.show([`${part}, ${records} records`])
  }
  live.clear()
  if (formOf(options) !== 'table') printJson(terminal, { schemaVersion: 1, records, storedFiles })
  else {
    const before = storedFiles === 0 ? '' : ` ${storedFiles} files were stored before.`
    printMessage(terminal, `${records} records are stored.${before}`)
  }
  return 0
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)
