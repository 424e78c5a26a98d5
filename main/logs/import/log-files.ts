import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { Problem } from '../../../preload/contract/problem.ts'
import { isTarFile, longTarPath, readTarHeader, tarBlockBytes } from '../../lib/tar.ts'
import { ByteStream } from './byte-stream.ts'
import { dumpMark, isLogPath, type LogOrigin, originOfPath, readDumpLine } from './log-origin.ts'

/** The log of one container, or a file that could be of one. Read its chunks to the end, or not at all. */
export interface FoundLog {
  readonly path: string
  readonly origin: LogOrigin
  readonly chunks: AsyncIterable<Buffer>
}

const chunkBytes = 1_024 * 1_024
const gzip = Buffer.of(0x1f, 0x8b)
const zstd = Buffer.of(0x28, 0xb5, 0x2f, 0xfd)
const lineBreak = 0x0a
/** Marks of a dump are on lines of their own, and shorter. */
const maxMarkBytes = 1_024
const maxLongPathBytes = 65_536

/** What a file may hold; all archives in it count together. */
interface ArchiveLimits {
  /** Logs compress to a hundredth at most: what is far beyond it is made to fill the disk. */
  readonly expansion: number
  /** It may expand to this in any case. */
  readonly expandedBytes: number
  /** Archives within archives: a file can be made that contains itself. */
  readonly depth: number
}
const archiveLimits: ArchiveLimits = { expansion: 2_000, expandedBytes: 1_024 ** 3, depth: 4 }

/**
 * The regular files in a folder, in the order of their paths; links are not followed. For a file or a pipe, its path. Throws FILE_INVALID
 * for anything else, which may have no end.
 */
export async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path)
  if (found.isFile() || found.isFIFO()) return [path]
  if (!found.isDirectory()) throw new Problem('FILE_INVALID', `${path} is neither a file nor a folder.`)
  const entries = await readdir(path, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile() && isLogPath(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}

/** The bytes of a file. A chunk is valid until the next one is asked for, which is read meanwhile. */
export async function* readChunks(path: string): AsyncGenerator<Buffer, void> {
  const file = await open(path)
  try {
    let [reading, other] = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)]
    const read = () => {
      const pending = file.read(reading, 0, chunkBytes)
      pending.catch(() => undefined) // thrown when the chunk is asked for
      return pending
    }
    for (let next = read(); ; ) {
      const { bytesRead } = await next
      if (bytesRead === 0) return
      const chunk = reading.subarray(0, bytesRead)
      const free = other
      other = reading
      reading = free
      next = read()
      yield chunk
    }
  } finally {
    await file.close()
  }
}

/**
 * The logs in a file: itself, also when it is compressed with gzip or zstd; those of a tar archive; those of a file of `kubectl
 * cluster-info dump`. Chunks are valid until the next one is asked for, also those of the source. Throws FILE_INVALID for an
 * archive that is damaged or beyond the limits, and what the source throws.
 */
export function logsIn(path: string, source: AsyncIterable<Buffer>, limits = archiveLimits): AsyncGenerator<FoundLog> {
  const expansion = new Expansion(path, limits)
  return logsWithin(path, expansion.counted(source), expansion, limits.depth)
}

/** What a file has expanded to, in all archives in it. */
class Expansion {
  readonly #path: string
  readonly #limits: ArchiveLimits
  #readBytes = 0
  #writtenBytes = 0

  constructor(path: string, limits: ArchiveLimits) {
    this.#path = path
    this.#limits = limits
  }

  async *counted(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      this.#readBytes += chunk.length
      yield chunk
    }
  }

  /** Throws FILE_INVALID. */
  add(bytes: number): void {
    const { expansion, expandedBytes } = this.#limits
    this.#writtenBytes += bytes
    if (this.#writtenBytes > expandedBytes && this.#writtenBytes > this.#readBytes * expansion)
      throw new Problem('FILE_INVALID', `${this.#path} expands to more than ${expansion} times its size.`)
  }
}

/** `depth`: of the archives that may still be within each other. */
async function* logsWithin(
  path: string,
  source: AsyncIterable<Buffer>,
  expansion: Expansion,
  depth: number,
): AsyncGenerator<FoundLog> {
  const bytes = new ByteStream(source)
  try {
    const start = await bytes.peek(zstd.length)
    const isCompressed = start.subarray(0, 2).equals(gzip) || start.equals(zstd)
    const plain = isCompressed ? new ByteStream(decompress(path, bytes, start.equals(zstd), expansion)) : bytes
    yield* logsInPlain(path, plain, expansion, depth)
  } finally {
    await bytes.close()
  }
}

async function* decompress(
  path: string,
  bytes: ByteStream,
  isZstd: boolean,
  expansion: Expansion,
): AsyncGenerator<Buffer> {
  const transform = isZstd ? createZstdDecompress({ chunkSize: chunkBytes }) : createGunzip({ chunkSize: chunkBytes })
  const source = Readable.from(copied(bytes.chunks()))
  source.on('error', (error) => transform.destroy(error))
  try {
    for await (const chunk of source.pipe(transform) as AsyncIterable<Buffer>) {
      expansion.add(chunk.length)
      yield chunk
    }
  } catch (error) {
    const isDamaged = error instanceof Error && 'code' in error && /^(?:Z_|ZSTD_|ERR_)/.test(String(error.code))
    throw isDamaged
      ? new Problem('FILE_INVALID', `${path} is damaged: it cannot be decompressed.`, '', { cause: error })
      : error
  } finally {
    source.destroy()
    transform.destroy()
  }
}

/** For a reader that reads ahead. */
async function* copied(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk)
}

async function* logsInPlain(
  path: string,
  bytes: ByteStream,
  expansion: Expansion,
  depth: number,
): AsyncGenerator<FoundLog> {
  const start = await bytes.peek(tarBlockBytes)
  if (start.toString('latin1', 257, 262) === 'ustar') yield* logsInTar(path, bytes, expansion, depth)
  else if (start.subarray(0, dumpMark.length).equals(dumpMark)) yield* logsInDump(path, bytes)
  else yield { path, origin: originOfPath(path), chunks: bytes.chunks() }
}

async function* logsInTar(
  path: string,
  bytes: ByteStream,
  expansion: Expansion,
  depth: number,
): AsyncGenerator<FoundLog> {
  if (depth === 0) throw new Problem('FILE_INVALID', `${path} is in too many archives within each other.`)
  let longPath: string | undefined
  for (;;) {
    const header = await bytes.take(tarBlockBytes)
    if (header.every((byte) => byte === 0)) return
    const entry = damagedArchive(path, () => readTarHeader(header))
    const paddedBytes = Math.ceil(entry.size / tarBlockBytes) * tarBlockBytes
    if (entry.type === 'L' || entry.type === 'x') {
      if (entry.size > maxLongPathBytes) throw new Problem('FILE_INVALID', `${path} has a name that is too long.`)
      const content = (await bytes.take(paddedBytes)).subarray(0, entry.size)
      const { type } = entry
      longPath = damagedArchive(path, () => longTarPath(type, content))
      continue
    }
    const name = longPath ?? entry.path
    longPath = undefined
    let left = entry.size
    async function* content(): AsyncGenerator<Buffer> {
      for await (const chunk of bytes.chunks(left)) {
        left -= chunk.length
        yield chunk
      }
      if (left > 0) throw new Problem('FILE_INVALID', `${path} is damaged: it ends within ${name}.`)
    }
    if (isTarFile(entry.type) && isLogPath(name)) yield* logsWithin(`${path}/${name}`, content(), expansion, depth - 1)
    // What nobody has read.
    for await (const _ of content());
    await bytes.take(paddedBytes - entry.size)
  }
}

function damagedArchive<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new Problem('FILE_INVALID', `${path} is damaged, or not an archive that can be read.`, '', { cause: error })
  }
}

/** Logs of containers, one after the other, each between two marks. */
async function* logsInDump(path: string, bytes: ByteStream): AsyncGenerator<FoundLog> {
  for (;;) {
    const start = await bytes.peek(maxMarkBytes)
    if (start.length === 0) return
    const end = start.indexOf(lineBreak)
    const origin = readDumpLine(start.toString('utf8', 0, end === -1 ? start.length : end))
    await bytes.take(end === -1 ? start.length : end + 1)
    if (origin === undefined || origin === 'end') continue
    yield { path: `${path}#${origin.pod}/${origin.container}`, origin, chunks: untilMark(bytes) }
  }
}

/** Up to the line that ends the log of a container. */
async function* untilMark(bytes: ByteStream): AsyncGenerator<Buffer> {
  let isLineStart = true
  for (;;) {
    const start = await bytes.peek(maxMarkBytes)
    if (start.length === 0) return
    if (isLineStart && start.subarray(0, dumpMark.length).equals(dumpMark)) {
      const end = start.indexOf(lineBreak)
      if (readDumpLine(start.toString('utf8', 0, end === -1 ? start.length : end)) === 'end') return
    }
    // The mark before an end that begins in this chunk, or the whole chunk without it.
    const chunk = await bytes.peek(chunkBytes)
    const mark = chunk.indexOf(`\n${dumpMark.toString()}`)
    const length = mark === -1 ? Math.max(1, chunk.lastIndexOf(lineBreak) + 1 || chunk.length) : mark + 1
    yield await bytes.take(length)
    isLineStart = chunk[length - 1] === lineBreak
  }
}
