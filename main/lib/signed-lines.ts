import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makePrivateFolder, writeAtomically } from './files.ts'
import { withLock } from './lock.ts'

const keyBytes = 32

/**
 * The key with which this installation authenticates its own records: a file of the owner (mode 0600), so that they open
 * while the vault is locked, over SSH and in cron. It shows records from elsewhere and changed ones. It does not stop
 * a program that can read this file.
 */
export function recordKey(home: string): () => Promise<Buffer> {
  let key: Promise<Buffer> | undefined
  return () => {
    key ??= readOrCreate(home).catch((error: unknown) => {
      key = undefined
      throw error
    })
    return key
  }
}

async function readOrCreate(home: string): Promise<Buffer> {
  const file = join(home, 'record.key')
  const stored = await read(file)
  if (stored !== undefined) return stored
  await makePrivateFolder(home)
  return withLock(`${file}.lock`, async () => {
    const meanwhile = await read(file)
    if (meanwhile !== undefined) return meanwhile
    const key = randomBytes(keyBytes)
    await writeAtomically(file, `${key.toString('hex')}\n`)
    return key
  })
}

/** Undefined where there is none, or a damaged one: then a new one is made, and earlier records do not verify. */
async function read(file: string): Promise<Buffer | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return /^[0-9a-f]{64}\n$/.test(text) ? Buffer.from(text.trim(), 'hex') : undefined
}

/** A text in a line can contain U+2028, which the dot matches only with `s`. */
const signedPattern = /^(\{.*),"mac":"([\w-]{43})"\}$/s

/**
 * Signs JSON objects, one a line: each `mac` (HMAC-SHA256) covers its line, all lines before it and the context, so that no
 * line can be changed, moved, taken out or used in another file. Missing lines at the end are not noticed.
 */
export class LineChain {
  readonly #key: Buffer
  #last: Buffer

  constructor(key: Buffer, context: readonly string[]) {
    this.#key = key
    this.#last = this.#mac(Buffer.alloc(0), JSON.stringify(context))
  }

  /** After the last line: the same for the same key, context and lines. */
  get state(): string {
    return this.#last.toString('base64url')
  }

  sign(value: Readonly<Record<string, unknown>>): string {
    const text = JSON.stringify(value)
    this.#last = this.#mac(this.#last, text)
    return `${text.slice(0, -1)},"mac":"${this.#last.toString('base64url')}"}`
  }

  /** Whether the next line is signed. After one that is not, no line is. */
  verify(line: string): boolean {
    const [, text = '', mac = ''] = signedPattern.exec(line) ?? []
    const expected = this.#mac(this.#last, `${text}}`)
    const given = Buffer.from(mac, 'base64url')
    const valid = given.length === expected.length && timingSafeEqual(given, expected)
    this.#last = valid ? expected : this.#mac(expected, 'not signed')
    return valid
  }

  #mac(before: Buffer, text: string): Buffer {
    return createHmac('sha256', this.#key).update(before).update(text).digest()
  }
}

/** A file of signed lines that was read as a whole. */
export interface SignedLines {
  /** Without the line ends; still with their signatures. */
  readonly lines: readonly string[]
  /** Whether this installation wrote every line, in this order and for this context. */
  readonly verified: boolean
}

/** Reads a file of signed lines. A file of former versions is not signed: it does not verify. */
export async function readSignedLines(file: string, chain: LineChain): Promise<SignedLines> {
  const text = await readFile(file, 'utf8')
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  let verified = true
  for (const line of lines) if (!chain.verify(line)) verified = false
  return { lines, verified }
}

/** The object of a line, without its signature. Throws a SyntaxError if it is not JSON. */
export function unsignedValue(line: string): unknown {
  const value: unknown = JSON.parse(line)
  if (typeof value !== 'object' || value === null || !('mac' in value)) return value
  const { mac: _, ...rest } = value
  return rest
}
