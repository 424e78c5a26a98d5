import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { BenchProblem } from './benchmark.ts'

const startLimitMs = 60_000
const keptCharacters = 2_000

export const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null

/** The first line of a server's output: its address. Throws BenchProblem with its error output where it does not start. */
export async function firstLine(
  child: ChildProcess & { readonly stdout: Readable; readonly stderr: Readable },
  what: string,
  limitMs = startLimitMs,
): Promise<string> {
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-keptCharacters)
  })
  const settled = new AbortController()
  const ended = once(child, 'close', { signal: settled.signal }).then(
    ([code, signal]) => {
      throw new BenchProblem(`${what} ended with ${code ?? signal} before it listened.`, output)
    },
    // A program that cannot be started only emits "error".
    (error: Error) => {
      throw new BenchProblem(`${what} could not be started: ${error.message}.`, output)
    },
  )
  const late = AbortSignal.timeout(limitMs)
  const line = once(createInterface(child.stdout), 'line', { signal: AbortSignal.any([late, settled.signal]) })
  const timedOut = line.catch((error: unknown) => {
    if (late.aborted) throw new BenchProblem(`${what} did not listen within ${Math.round(limitMs / 1_000)} s.`, output)
    throw error
  })
  try {
    const [first] = await Promise.race([timedOut, ended])
    return String(first)
  } finally {
    settled.abort()
    for (const each of [line, ended, timedOut]) each.catch(() => undefined)
  }
}
