import { spawn } from 'node:child_process'
import { Problem } from '../../preload/contract/problem.ts'
import { type ProcessId, processId } from './process-id.ts'
import { watchMemory } from './process-memory.ts'

export interface ProgramOptions {
  /** The whole environment: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string
  /** Awaited before any input is written: a caller that records the process does it here. */
  readonly started?: (id: ProcessId) => Promise<void>
  /** Awaited once all input is in the pipe and before it is closed. */
  readonly inputWritten?: () => Promise<void>
  /** The last bytes of each stream that are kept. Default 1 MiB. */
  readonly keptBytes?: number
  /** From SIGTERM to SIGKILL. Default 5,000. */
  readonly graceMs?: number
  /** Default: none. */
  readonly timeoutMs?: number
  /** Resident memory above which it is killed. It is measured 20 times a second, and not on Windows. Default: none. */
  readonly memoryLimitBytes?: number
}

export interface ProgramResult {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** Whether more was written than is kept. */
  readonly truncated: boolean
  /** Whether it was killed because it exceeded its memory limit. */
  readonly exceededMemory: boolean
}

/** The last bytes of a stream, in memory of a fixed size. */
class Tail {
  readonly #limit: number
  #chunks: Buffer[] = []
  #size = 0
  truncated = false
  constructor(limitBytes: number) {
    this.#limit = limitBytes
  }
  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    while (this.#size > this.#limit) {
      this.truncated = true
      const [first = Buffer.alloc(0)] = this.#chunks
      const excess = this.#size - this.#limit
      if (first.length <= excess) this.#chunks.shift()
      else this.#chunks[0] = first.subarray(excess)
      this.#size -= Math.min(first.length, excess)
    }
  }
  toString(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }
}

/**
 * Runs a program to its end: an argument array, no shell. An exit code other than 0 is a result, not an error.
 * On abort or time-out it gets SIGTERM and, after `graceMs`, SIGKILL; the promise settles only when it has ended.
 * Throws FILE_UNREADABLE if it cannot be started, TIMED_OUT, the error of `started` or `inputWritten`, or the abort reason.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
  signal: AbortSignal,
): Promise<ProgramResult> {
  signal.throwIfAborted()
  const { environment, cwd, input, started, inputWritten, keptBytes = 1_048_576, graceMs = 5_000 } = options
  const child = spawn(program, [...args], { cwd, env: { ...environment }, shell: false, windowsHide: true })
  const stdout = new Tail(keptBytes)
  const stderr = new Tail(keptBytes)
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  // A program can end before it has read all input. That is not a failure.
  child.stdin.on('error', () => undefined)
  const ended = new Promise<Pick<ProgramResult, 'code' | 'signal'>>((resolve, reject) => {
    child.once('error', (cause) => {
      if (child.pid === undefined)
        reject(new Problem('FILE_UNREADABLE', `${program} cannot be started.`, '', { cause }))
    })
    child.once('close', (code, bySignal) => resolve({ code, signal: bySignal }))
  })
  ended.catch(() => undefined) // awaited below; until then a rejection must not count as unhandled

  let stopReason: unknown
  let killer: NodeJS.Timeout | undefined
  const stop = (reason: unknown) => {
    if (stopReason !== undefined) return
    stopReason = reason
    child.kill('SIGTERM')
    killer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  }
  const onAbort = () => stop(signal.reason ?? new Problem('CANCELLED', 'Cancelled.'))
  signal.addEventListener('abort', onAbort, { once: true })
  const limit =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          const seconds = Math.round((options.timeoutMs ?? 0) / 1_000)
          stop(
            new Problem('TIMED_OUT', `${program} did not finish within ${seconds} s.`, stderr.toString().slice(-2_000)),
          )
        }, options.timeoutMs)
  let exceededMemory = false
  const watching = new AbortController()
  const { memoryLimitBytes } = options
  if (child.pid !== undefined && memoryLimitBytes !== undefined) {
    const exceeded = () => {
      exceededMemory = child.kill('SIGKILL')
    }
    void watchMemory(child.pid, memoryLimitBytes, exceeded, watching.signal)
  }
  try {
    if (child.pid !== undefined) {
      try {
        await started?.(processId(child.pid))
        if (input !== undefined && stopReason === undefined) await writeAll(child.stdin, input)
        if (stopReason === undefined) await inputWritten?.()
      } catch (error) {
        stop(error)
      }
      child.stdin.end()
    }
    const end = await ended
    if (stopReason !== undefined) throw stopReason
    const truncated = stdout.truncated || stderr.truncated
    return { ...end, stdout: stdout.toString(), stderr: stderr.toString(), truncated, exceededMemory }
  } finally {
    watching.abort()
    clearTimeout(limit)
    clearTimeout(killer)
    signal.removeEventListener('abort', onAbort)
  }
}

const writeAll = (stdin: NodeJS.WritableStream, input: string): Promise<void> =>
  // The exit code shows whether it was read or refused.
  new Promise((resolve) => {
    stdin.write(input, () => resolve())
  })

/** Variables that a program inherits: paths, the user, the locale, proxies and certificates. No token, no option of another tool. */
const inherited =
  /^(HOME|USER|LOGNAME|PATH|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|SystemRoot|SystemDrive|ComSpec|PATHEXT|APPDATA|LOCALAPPDATA|ProgramData|ProgramFiles|USERPROFILE|SSL_CERT_FILE|SSL_CERT_DIR|(HTTPS?|NO|ALL)_PROXY)$/i

/** An environment by allow-list, overridden by `over`. */
export function cleanEnvironment(
  from: Readonly<Record<string, string | undefined>>,
  over: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(from)) if (value !== undefined && inherited.test(name)) kept[name] = value
  return { ...kept, ...over }
}
