import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { BenchProblem } from './benchmark.ts'

const startLimitMs = 60_000
const keptCharacters = 2_000

export const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null

/** What a server prints first: where it listens. Throws BenchProblem, with what it said, where it does not come up. */
export async function firstLine(
  child: ChildProcess & { readonly stdout: Readable; readonly stderr: Readable },
  what: string,
  limitMs = startLimitMs,
): Promise<string> {
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-keptCharacters)
  })
  const settled = new AbortController()
  const ended = once(child, 'close', { signal: settled.signal }).then(
    ([code, signal]) => {
      throw new BenchProblem(`${what} ended with ${code ?? signal} before it listened.`, said)
    },
    // An "error" event is all that comes of a program that cannot be started.
    (error: Error) => {
      throw new BenchProblem(`${what} could not be started: ${error.message}.`, said)
    },
  )
  const late = AbortSignal.timeout(limitMs)
  const line = once(createInterface(child.stdout), 'line', { signal: AbortSignal.any([late, settled.signal]) })
  const timedOut = line.catch((error: unknown) => {
    if (late.aborted) throw new BenchProblem(`${what} did not listen within ${Math.round(limitMs / 1_000)} s.`, said)
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
