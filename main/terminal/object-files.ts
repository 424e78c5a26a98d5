import { lstat, readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { Problem, problemOf } from '../../preload/contract/problem.ts'
import { decodeYaml } from '../../preload/decode-yaml.ts'
import type { KubernetesObject } from '../health/object.ts'
import { readRegularFile } from '../lib/contained-file.ts'
import { readBytes } from './input.ts'
import { objectsIn } from './object-documents.ts'

/** A support bundle is written by others: what reading it costs is limited. */
export const bundleLimits = { files: 5_000, fileBytes: 256_000_000, totalBytes: 512_000_000, depth: 16 } as const
/** The other files of a support bundle are logs. */
const extensions: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json'])

export interface ReadObjects {
  readonly objects: readonly KubernetesObject[]
  /** What was not read, as `FILE: why`. */
  readonly notes: readonly string[]
  /** Some of what was not read may contain objects. */
  readonly isIncomplete: boolean
}

/** The objects of a file, of the files in a folder, or (`-`) of the standard input. Throws FILE_UNREADABLE, FILE_INVALID. */
export async function readObjects(path: string, stdin: Readable, signal: AbortSignal): Promise<ReadObjects> {
  const reading = new Reading(signal)
  if (path === '-') reading.take('standard input', await bytesOf(stdin, signal))
  else if (await isFolder(path)) await reading.folder(path, 0)
  // The user's own choice: a link, or a pipe of the shell.
  else reading.take(path, await readBytes(path, bundleLimits.fileBytes))
  return reading.result
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isDirectory(),
    () => false, // reading it says why
  )

async function bytesOf(stream: Readable, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    signal.throwIfAborted()
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > bundleLimits.fileBytes) throw tooLarge('The standard input has', bundleLimits.fileBytes)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

const tooLarge = (what: string, bytes: number): Problem =>
  new Problem('FILE_INVALID', `${what} more than ${bytes / 1_000_000} MB.`)

/** gzip (RFC 1952), ZIP and zstd (RFC 8878). */
const archives = ['1f8b', '504b0304', '28b52ffd'] as const

function notText(content: Buffer): string {
  const start = content.subarray(0, 4).toString('hex')
  return archives.some((magic) => start.startsWith(magic))
    ? 'this is compressed, and is not read: extract it first'
    : 'this is neither UTF-8, nor UTF-16 with a byte order mark'
}

class Reading {
  readonly #signal: AbortSignal
  readonly #objects: KubernetesObject[] = []
  readonly #notes: string[] = []
  #isIncomplete = false
  #files = 0
  #bytes = 0

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  get result(): ReadObjects {
    return { objects: this.#objects, notes: this.#notes, isIncomplete: this.#isIncomplete }
  }

  async folder(folder: string, depth: number): Promise<void> {
    if (depth > bundleLimits.depth) return this.#miss(folder, `nested deeper than ${bundleLimits.depth} folders`)
    const names = await readdir(folder).catch(() => undefined)
    if (names === undefined) return this.#miss(folder, 'the folder cannot be read')
    for (const name of names.sort()) {
      this.#signal.throwIfAborted()
      const path = join(folder, name)
      const entry = await lstat(path).catch(() => undefined)
      if (entry?.isDirectory() === true) await this.folder(path, depth + 1)
      else if (extensions.has(extname(name).toLowerCase())) await this.#file(path)
    }
  }

  take(name: string, content: Buffer): void {
    const text = decodeYaml(content) ?? (content.includes(0) ? undefined : content.toString('utf8'))
    if (text === undefined) {
      this.#miss(name, notText(content))
      return
    }
    const { objects, faults } = objectsIn(text)
    for (const object of objects) this.#objects.push(object)
    for (const { message, isUnreadable } of faults) {
      this.#notes.push(`${name}: ${message}`)
      if (isUnreadable) this.#isIncomplete = true
    }
  }

  /** Only a regular file: in a folder that others wrote, a link can lead to any file of this computer. */
  async #file(path: string): Promise<void> {
    this.#files += 1
    if (this.#files > bundleLimits.files) {
      throw new Problem('FILE_INVALID', `The folder has more than ${bundleLimits.files} YAML and JSON files.`)
    }
    const content = await readRegularFile(path, bundleLimits.fileBytes).catch((error: unknown) => {
      const problem = problemOf(error)
      if (problem === undefined) throw error
      // Its message names the file.
      this.#note(problem.message.replace(/\.$/, ''))
    })
    if (content === undefined) return
    this.#bytes += content.length
    if (this.#bytes > bundleLimits.totalBytes) throw tooLarge('The files of the folder have', bundleLimits.totalBytes)
    this.take(path, content)
  }

  #miss(path: string, why: string): void {
    this.#note(`${path}: ${why}`)
  }

  #note(message: string): void {
    this.#notes.push(message)
    this.#isIncomplete = true
  }
}
