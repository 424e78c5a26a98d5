import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { parseDocument } from 'yaml'
import type { z } from 'zod'
import { Problem } from '../../preload/contract/problem.ts'
import type { Terminal } from './command.ts'

/** A person's files are small: what is larger is the wrong file. */
const maxFileBytes = 5_000_000

/**
 * A YAML or JSON file against its schema.
 * Throws FILE_UNREADABLE, or FILE_INVALID with line, field and what was expected.
 */
export async function readDocument<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.infer<Schema>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Problem('FILE_UNREADABLE', `${file} cannot be read (${error.code ?? 'unknown'}).`)
  })
  if (text.length > maxFileBytes) throw new Problem('FILE_INVALID', `${file} is larger than 5 MB.`)
  const document = parseDocument(text)
  const [fault] = document.errors
  if (fault !== undefined) {
    const { line } = fault.linePos?.[0] ?? { line: 1 }
    // The parser's message quotes the line: a credential file's lines hold secrets.
    throw new Problem('FILE_INVALID', `${file}, line ${line}: this is not valid YAML or JSON (${fault.code}).`)
  }
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 100 }))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = issue?.path ?? []
  throw new Problem(
    'FILE_INVALID',
    `${file}, line ${lineOf(document, text, path)}: ${path.join('.') || 'the document'}: ${issue?.message ?? 'invalid'}.`,
  )
}

/** Line of the node at a path, or of the nearest one above it that is there. */
function lineOf(document: ReturnType<typeof parseDocument>, text: string, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined
    if (Array.isArray(range) && typeof range[0] === 'number') return text.slice(0, range[0]).split('\n').length
  }
  return 1
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
