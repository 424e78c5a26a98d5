import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import type { LogFormat } from '../../../preload/contract/profiles.ts'
import { systemReason } from '../../lib/files.ts'
import type { LogStore } from '../store/store.ts'
import { Importer, readPosition } from './importer.ts'
import { type FoundLog, filesOf, logsIn, readChunks } from './log-files.ts'
import { PackPool } from './pack-pool.ts'
import { SplitMemory, splitLog } from './split-log.ts'
import { standardInput } from './standard-input.ts'

export interface ImportInput {
  /** A file, a pipe or a folder; "-" is the standard input of the process. */
  readonly path: string
  readonly source: string
  readonly format: LogFormat
  /** Each line begins with the kubelet's time. Otherwise the wrapping is recognised. */
  readonly kubelet: boolean
}

export interface ImportProgress {
  /** Of the input, as far as it is read. `totalBytes` is undefined for a pipe. */
  readonly bytes: number
  readonly totalBytes: number | undefined
  /** That this import has stored. */
  readonly records: number
  /** Files of which an earlier import has stored everything. */
  readonly storedFiles: number
}

const progressMs = 250

/**
 * Stores the logs of files in blocks. A file is known by the digest of its bytes, its source and its format: what an earlier
 * import of it has stored is not stored again, also where that one was interrupted. What a pipe brings cannot be known again.
 * Throws FILE_UNREADABLE, FILE_INVALID, LOG_IMPORT_LIMIT, and the abort reason: what is stored until then stays.
 */
export async function* importLogs(
  input: ImportInput,
  store: Pick<LogStore, 'mark' | 'appendBlocks'>,
  signal: AbortSignal,
): AsyncGenerator<ImportProgress> {
  const pool = new PackPool()
  const memory = new SplitMemory()
  let [bytes, records, storedFiles] = [0, 0, 0]
  try {
    const isStdin = input.path === '-'
    const files = isStdin ? ['-'] : await readable(input.path, filesOf(input.path))
    const isPipe = isStdin || (await stat(input.path)).isFIFO()
    const sizes = isPipe ? [] : await Promise.all(files.map(async (file) => (await stat(file)).size))
    const totalBytes = isPipe ? undefined : sizes.reduce((sum, size) => sum + size, 0)
    const progress = (added: number): ImportProgress => ({ bytes, totalBytes, records: records + added, storedFiles })
    for (const [index, file] of files.entries()) {
      const name = `import:${isPipe ? randomUUID() : await readable(file, digestOf(file, input, signal))}`
      const from = readPosition(store.mark(name))
      if (from.isDone) {
        bytes += sizes[index] ?? 0
        storedFiles += 1
        yield progress(0)
        continue
      }
      const ports = { store: store.appendBlocks.bind(store), pack: pool.pack.bind(pool) }
      const importer = new Importer(name, from, ports, signal)
      const fallbackMs = isPipe ? Date.now() : (await stat(file)).mtimeMs
      const chunks = isStdin ? standardInput(signal) : isPipe ? createReadStream(file) : readChunks(file)
      const counted = counting(chunks, (read) => {
        signal.throwIfAborted()
        bytes += read
      })
      let shownMs = performance.now()
      try {
        for await (const log of logsIn(file, counted)) {
          for await (const _ of importLog(log, input, importer, Math.floor(fallbackMs), memory)) {
            signal.throwIfAborted()
            if (performance.now() - shownMs < progressMs) continue
            shownMs = performance.now()
            yield progress(importer.records)
          }
        }
        await importer.end()
      } catch (error) {
        throw unreadable(file, error)
      }
      records += importer.records
      yield progress(0)
    }
  } finally {
    await pool.close()
  }
}

/** Yields after each batch of records, so that the caller can report and stop. */
async function* importLog(
  log: FoundLog,
  { source, format, kubelet }: ImportInput,
  importer: Importer,
  fallbackMs: number,
  memory: SplitMemory,
): AsyncGenerator<void> {
  const isStored = importer.isNextStored
  importer.begin({ source, ...log.origin, parser: format }, fallbackMs)
  if (isStored) return
  for await (const batch of splitLog(log.chunks, { format, kubelet }, memory)) {
    await importer.add(batch)
    yield
  }
}

async function* counting(chunks: AsyncIterable<Buffer>, add: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    add(chunk.length)
    yield chunk
  }
}

/** Of the file's bytes, and of what decides how they are stored. */
async function digestOf(file: string, { source, format, kubelet }: ImportInput, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([source, format, kubelet]))
  for await (const chunk of readChunks(file)) {
    signal.throwIfAborted()
    hash.update(chunk)
  }
  return hash.digest('hex')
}

async function readable<T>(path: string, reading: Promise<T>): Promise<T> {
  return reading.catch((error: unknown) => {
    throw unreadable(path, error)
  })
}

/** FILE_UNREADABLE for an error of the system. */
function unreadable(path: string, error: unknown): unknown {
  const isOfFile = /^(?:open|read|scandir|stat)$/.test(String(Reflect.get(Object(error), 'syscall')))
  const reason = isOfFile ? systemReason(error) : undefined
  return reason === undefined
    ? error
    : new Problem('FILE_UNREADABLE', `${path} cannot be read: ${reason}.`, '', { cause: error })
}
