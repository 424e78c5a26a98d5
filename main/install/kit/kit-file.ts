import { createHash } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import { isRelativePath } from '../../lib/contained-file.ts'
import { type PublicKey, verifySignature } from '../../lib/minisign.ts'
import { isTarFile, readTarHeader, tarBlockBytes, tarEnd, tarHeader, tarPadding } from '../../lib/tar.ts'
import { sha256 } from '../digest.ts'
import { type KitFile, type KitManifest, kitLimits, kitPaths, parseManifest } from './manifest.ts'

/** A verified kit. What is read of it later is compared with its manifest again. */
export interface OpenedKit {
  readonly manifest: KitManifest
  /** SHA-256 of `kit.json`, hexadecimal: it stands for the whole kit. */
  readonly digest: string
  /** What the signature says of the kit. */
  readonly comment: string
  readonly bytes: number
  /** A whole file. Throws KIT_CHANGED. */
  read(path: string): Promise<Buffer>
  /** A file in pieces; the last one comes only if all of them match the manifest. Throws KIT_CHANGED. */
  stream(path: string, signal: AbortSignal): AsyncGenerator<Buffer>
  close(): Promise<void>
}

/** Bytes that were done, of all. */
type Report = (bytes: number, total: number) => void

const pieceBytes = 1_048_576

/** The content of a file of a kit, in pieces. */
export type Source = (signal: AbortSignal) => AsyncIterable<Buffer> | Iterable<Buffer>

/**
 * Writes a kit as a whole: the same manifest, signature and files always make the same bytes. Throws KIT_CHANGED if a source does
 * not match the manifest.
 */
export async function writeKit(
  file: string,
  { text, signature, files }: { readonly text: Buffer; readonly signature: Buffer; readonly files: readonly KitFile[] },
  source: (file: KitFile) => Source,
  signal: AbortSignal,
  report: Report = () => undefined,
): Promise<void> {
  const draft = `${file}.part`
  const total = bytesOf(files)
  const handle = await open(draft, 'w', 0o644)
  try {
    for (const [path, content] of [
      [kitPaths.manifest, text],
      [kitPaths.signature, signature],
    ] as const)
      await handle.writeFile(Buffer.concat([tarHeader(path, content.length), content, paddingOf(content.length)]))
    for (const entry of files) {
      await handle.writeFile(tarHeader(entry.path, entry.size))
      for await (const piece of checked(entry, source(entry)(signal))) {
        signal.throwIfAborted()
        await handle.writeFile(piece)
        report(piece.length, total)
      }
      await handle.writeFile(paddingOf(entry.size))
    }
    await handle.writeFile(tarEnd)
    await handle.sync()
    await handle.close()
    await rename(draft, file)
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(draft, { force: true })
    throw error
  }
}

const bytesOf = (files: readonly KitFile[]): number => files.reduce((sum, { size }) => sum + size, 0)

const paddingOf = (size: number): Buffer => Buffer.alloc(tarPadding(size))

/**
 * Verifies every byte of a kit: the signature of its manifest, and all files against it, in their order and with nothing between
 * or behind them. Throws KIT_*, FILE_UNREADABLE.
 */
export async function openKit(
  file: string,
  key: PublicKey,
  signal: AbortSignal,
  report: Report = () => undefined,
): Promise<OpenedKit> {
  const handle = await open(file, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new Problem('FILE_UNREADABLE', `${file} cannot be read (${cause.code ?? 'unknown'}).`, '', { cause })
  })
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw new Problem('KIT_INVALID', `${file} is not a regular file.`)
    const reader = new Reader(handle)
    const text = await reader.small(kitPaths.manifest, kitLimits.manifestBytes)
    const signature = await reader.small(kitPaths.signature, kitLimits.signatureBytes)
    const comment = verifySignature(text, signature.toString('utf8'), key)
    const manifest = parseManifest(text)
    const offsets = await reader.files(manifest.files, signal, report)
    await reader.end(stats.size)
    async function* stream(path: string, limit: AbortSignal): AsyncGenerator<Buffer> {
      const found = offsets.get(path)
      if (found === undefined) throw new Problem('KIT_INVALID', `The kit has no file ${path}.`)
      yield* checked(found.entry, piecesOf(handle, found.offset, found.entry.size, limit))
    }
    return {
      manifest,
      digest: sha256(text),
      comment,
      bytes: stats.size,
      read: async (path) => Buffer.concat(await all(stream(path, signal))),
      stream,
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

interface Placed {
  readonly entry: KitFile
  readonly offset: number
}

/** Reads the entries of an archive one after the other. */
class Reader {
  readonly #handle: FileHandle
  readonly #seen = new Set<string>()
  #offset = 0

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /** One of the two files before the others, whose size no manifest says. */
  async small(path: string, limitBytes: number): Promise<Buffer> {
    const header = await this.#header()
    const { size, path: found, type } = parsed(header)
    if (found !== path || !isTarFile(type))
      throw new Problem('KIT_INVALID', `This is no kit: it has ${shown(found)} where ${path} belongs.`)
    if (size > limitBytes) throw new Problem('KIT_INVALID', `${path} of the kit is larger than ${limitBytes} bytes.`)
    this.#refuse(header, path, size, new Set())
    const content = Buffer.concat(await all(piecesOf(this.#handle, this.#offset, size)))
    await this.#skip(size)
    return content
  }

  async files(files: readonly KitFile[], signal: AbortSignal, report: Report): Promise<Map<string, Placed>> {
    const listed = new Set(files.map(({ path }) => path))
    const offsets = new Map<string, Placed>()
    const total = bytesOf(files)
    for (const entry of files) {
      this.#refuse(await this.#header(), entry.path, entry.size, listed)
      offsets.set(entry.path, { entry, offset: this.#offset })
      for await (const piece of checked(entry, piecesOf(this.#handle, this.#offset, entry.size, signal))) {
        signal.throwIfAborted()
        report(piece.length, total)
      }
      await this.#skip(entry.size)
    }
    return offsets
  }

  /** The end mark, and nothing behind it. */
  async end(fileBytes: number): Promise<void> {
    const first = await this.#header()
    if (first.some((byte) => byte !== 0)) {
      const { path } = parsed(first)
      throw new Problem('KIT_INVALID', `The kit has a file that its manifest does not list: ${shown(path)}.`)
    }
    if ((await this.#header()).some((byte) => byte !== 0)) throw new Problem('KIT_INVALID', 'The kit has no end mark.')
    if (this.#offset !== fileBytes) throw new Problem('KIT_INVALID', 'The kit has bytes behind its end.')
  }

  async #header(): Promise<Buffer> {
    const header = Buffer.concat(await all(piecesOf(this.#handle, this.#offset, tarBlockBytes)))
    this.#offset += tarBlockBytes
    return header
  }

  async #skip(size: number): Promise<void> {
    const padding = tarPadding(size)
    const bytes = await all(piecesOf(this.#handle, this.#offset + size, padding))
    if (bytes.some((piece) => piece.some((byte) => byte !== 0)))
      throw new Problem('KIT_INVALID', 'The kit has bytes between its files.')
    this.#offset += size + padding
  }

  /** Only the header that Hangar writes is accepted, so that no program can read the archive in another way. */
  #refuse(header: Buffer, path: string, size: number, listed: ReadonlySet<string>): void {
    const expected = tarHeader(path, size)
    if (!header.equals(expected)) throw faultOf(header, path, size, this.#seen, listed)
    this.#seen.add(path)
  }
}

/** Why a header is not the expected one. Pure. */
function faultOf(
  header: Buffer,
  path: string,
  size: number,
  seen: ReadonlySet<string>,
  listed: ReadonlySet<string>,
): Problem {
  if (header.every((byte) => byte === 0)) return new Problem('KIT_TRUNCATED', `The kit ends before ${path}.`)
  const found = parsed(header)
  const name = shown(found.path)
  const invalid = (why: string) => new Problem('KIT_INVALID', `The kit ${why}.`)
  if (!isRelativePath(found.path) || found.path.split('/').includes('..'))
    return invalid(`has a file outside of its folder: ${name}`)
  if (!isTarFile(found.type)) return invalid(`has a link, a folder or a device: ${name}`)
  if (seen.has(found.path)) return invalid(`has two files of the same name: ${name}`)
  if (found.path !== path && !listed.has(found.path))
    return invalid(`has a file that its manifest does not list: ${name}`)
  if (found.path !== path) return invalid(`has ${name} where ${path} belongs`)
  if (found.size !== size)
    return new Problem('KIT_CHANGED', `${path} has ${found.size} bytes; the manifest of the kit says ${size}.`)
  return invalid(`has an unusual header for ${name}`)
}

function parsed(header: Buffer): ReturnType<typeof readTarHeader> {
  try {
    return readTarHeader(header)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new Problem('KIT_INVALID', `This is no kit, or it is damaged: ${error.message}.`)
  }
}

const shown = (path: string): string => JSON.stringify(path.slice(0, 200))

/** Passes pieces on. The last one comes only once the whole matches the manifest. */
async function* checked(
  { path, size, sha256: digest }: KitFile,
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  let length = 0
  let last: Buffer | undefined
  for await (const piece of pieces) {
    hash.update(piece)
    length += piece.length
    if (length > size) break
    if (last !== undefined) yield last
    last = piece
  }
  if (length !== size || hash.digest('hex') !== digest)
    throw new Problem('KIT_CHANGED', `${path} is not what the manifest of the kit says: its content was changed.`)
  if (last !== undefined) yield last
}

/** Throws KIT_TRUNCATED where the file ends too early. */
async function* piecesOf(
  handle: FileHandle,
  offset: number,
  size: number,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  for (let at = 0; at < size; ) {
    signal?.throwIfAborted()
    const piece = Buffer.alloc(Math.min(pieceBytes, size - at))
    const { bytesRead } = await handle.read(piece, 0, piece.length, offset + at)
    if (bytesRead === 0) throw new Problem('KIT_TRUNCATED', 'The kit ends within a file.')
    at += bytesRead
    yield piece.subarray(0, bytesRead)
  }
}

async function all(pieces: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const found: Buffer[] = []
  for await (const piece of pieces) found.push(piece)
  return found
}
