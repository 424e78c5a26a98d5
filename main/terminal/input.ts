import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { z } from 'zod'
import { Problem } from '../../preload/contract/problem.ts'
import { shapeFaults } from '../lib/shape-faults.ts'
import { placeText } from '../lib/yaml-places.ts'
import type { Terminal } from './command.ts'

/** A person's files are small: what is larger is the wrong file. */
const maxFileBytes = 5_000_000
/** Guards against a few lines that unfold into gigabytes. */
const maxAliasCount = 100

/** A person's file, whole. Pipes do as well. Throws FILE_UNREADABLE, or FILE_INVALID where it is too large. */
export async function readText(file: string): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    // One byte more than is taken tells a file that is too large; a device without an end is not read for ever.
    for await (const chunk of createReadStream(file, { end: maxFileBytes })) {
      chunks.push(chunk)
      size += chunk.length
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw new Problem('FILE_UNREADABLE', `${file} cannot be read: ${reasons[code] ?? (code || 'unknown')}.`)
  }
  if (size > maxFileBytes) throw new Problem('FILE_INVALID', `${file} is larger than 5 MB.`)
  return Buffer.concat(chunks).toString('utf8')
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
}

/**
 * A YAML or JSON file against its schema.
 * Throws FILE_UNREADABLE, or FILE_INVALID with line, field and what was expected.
 */
export async function readDocument<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.infer<Schema>> {
  return parseFile(file, await readText(file), schema)
}

/** The pure part of it. What was found stays out of every message: a file of credentials holds secrets. */
export function parseFile<Schema extends z.ZodType>(file: string, text: string, schema: Schema): z.infer<Schema> {
  const placed = placeText(text)
  const [fault] = placed.document.errors
  if (fault !== undefined) {
    const { line } = placed.placeOfOffset(fault.pos[0])
    throw new Problem('FILE_INVALID', `${file}, line ${line}: this is not valid YAML or JSON (${fault.code}).`)
  }
  let value: unknown
  try {
    value = placed.document.toJS({ maxAliasCount })
  } catch {
    throw new Problem('FILE_INVALID', `${file}: an alias unfolds into too much, or into nothing.`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [first, ...more] = shapeFaults(parsed.error.issues, value, placed)
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`
  const { line = 1, field = '', expected = 'something else' } = first ?? {}
  const wanted = expected.startsWith('no such') ? `there is ${expected}` : `expected ${expected}`
  throw new Problem('FILE_INVALID', `${file}, line ${line}: ${field || 'the document'}: ${wanted}${others}.`)
}

/** Asks yes or no on the terminal. Without one it is no: nothing is done unasked. */
export async function confirm(terminal: Terminal, question: string, signal: AbortSignal): Promise<boolean> {
  if (!terminal.stdin.isTTY) return false
  const asked = createInterface({ input: terminal.stdin, output: terminal.stderr })
  try {
    return /^y(es)?$/i.test((await asked.question(`${question} [y/N] `, { signal })).trim())
  } finally {
    asked.close()
  }
}

/** Asks for a secret without showing it; undefined where there is no terminal. */
export async function askSecret(
  terminal: Terminal,
  question: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!terminal.stdin.isTTY) return undefined
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const asked = createInterface({ input: terminal.stdin, output: silent, terminal: true })
  terminal.stderr.write(question)
  try {
    return await asked.question('', { signal })
  } finally {
    asked.close()
    terminal.stderr.write('\n')
  }
}
