import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { z } from 'zod'
import { Problem } from '../../preload/contract/problem.ts'
import { systemReason } from '../lib/files.ts'
import { shapeFaults } from '../lib/shape-faults.ts'
import { placeText } from '../lib/yaml-places.ts'
import { yamlWords } from '../lib/yaml-words.ts'
import type { Terminal } from './command.ts'

/** A user's input files are small: a larger file is the wrong one. */
const maxFileBytes = 5_000_000

/** The text of a file or a pipe. Throws FILE_UNREADABLE, or FILE_INVALID if it is too large. */
export async function readText(file: string): Promise<string> {
  return (await readBytes(file, maxFileBytes)).toString('utf8')
}

/** The content of a file or a pipe. Throws as `readText`. */
export async function readBytes(file: string, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    // Reads one byte more than the limit, to detect a larger file and to stop at an endless device.
    for await (const chunk of createReadStream(file, { end: maxBytes })) {
      chunks.push(chunk)
      size += chunk.length
    }
  } catch (error) {
    throw unreadable(file, error) ?? new Problem('FILE_UNREADABLE', `${file} cannot be read: unknown.`)
  }
  if (size > maxBytes) throw new Problem('FILE_INVALID', `${file} is larger than ${maxBytes / 1_000_000} MB.`)
  return Buffer.concat(chunks)
}

/** FILE_UNREADABLE with the reason of the system; undefined for an error that is not the system's. */
export function unreadable(file: string, error: unknown): Problem | undefined {
  const reason = systemReason(error)
  return reason === undefined ? undefined : new Problem('FILE_UNREADABLE', `${file} cannot be read: ${reason}.`)
}

/** Reads and validates a YAML or JSON file. Throws FILE_UNREADABLE, or FILE_INVALID with line, field and expected value. */
export async function readDocument<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.infer<Schema>> {
  return parseFile(file, await readText(file), schema)
}

/** Parses and validates a text. Messages never quote its values, because it can contain secrets. Pure. */
export function parseFile<Schema extends z.ZodType>(file: string, text: string, schema: Schema): z.infer<Schema> {
  const placed = placeText(text)
  const [fault] = placed.errors
  if (fault !== undefined) {
    const { line } = placed.placeOfOffset(fault.offset)
    if (fault.code === 'LIMIT') throw new Problem('FILE_INVALID', `${file}, line ${line}: expected ${fault.message}.`)
    throw new Problem(
      'FILE_INVALID',
      `${file}, line ${line}: this is not valid YAML or JSON (${fault.code}): ${yamlWords(fault)}.`,
    )
  }
  let value: unknown
  try {
    value = placed.value()
  } catch {
    throw new Problem('FILE_INVALID', `${file}: an alias expands to too much data, or refers to nothing.`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [first, ...more] = shapeFaults(parsed.error.issues, value, placed)
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`
  const { line = 1, field = '', expected = 'something else' } = first ?? {}
  throw new Problem('FILE_INVALID', `${file}, line ${line}: ${field || 'the document'}: expected ${expected}${others}.`)
}

/** Prompts for confirmation. Without a terminal, the answer is no. */
export async function confirm(terminal: Terminal, question: string, signal: AbortSignal): Promise<boolean> {
  if (!terminal.stdin.isTTY) return false
  const prompt = createInterface({ input: terminal.stdin, output: terminal.stderr })
  try {
    return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `, { signal })).trim())
  } finally {
    prompt.close()
  }
}

/** Prompts for a secret without showing it; undefined without a terminal. */
export async function promptSecret(
  terminal: Terminal,
  question: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!terminal.stdin.isTTY) return undefined
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const prompt = createInterface({ input: terminal.stdin, output: silent, terminal: true })
  terminal.stderr.write(question)
  try {
    return await prompt.question('', { signal })
  } finally {
    prompt.close()
    terminal.stderr.write('\n')
  }
}
