import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

/** On Linux a program ends when this process ends for any reason. */
const withParent = (signal: 'KILL' | 'TERM'): readonly string[] =>
  process.platform === 'linux' && existsSync('/usr/bin/setpriv')
    ? ['/usr/bin/setpriv', '--pdeathsig', signal, '--']
    : []

/** Programs that end together: on `end`, on the signal, or with this process. */
export type Programs = {
  readonly signal: AbortSignal
  /**
   * Starts one and returns what `ready` matched in a line that it printed. Throws with its last lines when it ends
   * before, or is silent for longer than `limitMs`.
   */
  start(command: string, args: readonly string[], options: ProgramOptions): Promise<RegExpExecArray>
  /** Returns once all have ended, the last started first. */
  end(): Promise<void>
}
type ProgramOptions = {
  readonly ready: RegExp
  readonly limitMs: number
  readonly environment?: NodeJS.ProcessEnv
  readonly folder?: string
  /** The signal that Linux sends it when this process ends. */
  readonly endsOn?: 'KILL' | 'TERM'
}

const keptLines = 40
const endLimitMs = 10_000

const endProgram = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), endLimitMs)
  await ended
  clearTimeout(late)
}

const isReady = (command: string, child: ChildProcess, { ready, limitMs }: ProgramOptions, signal: AbortSignal) =>
  new Promise<RegExpExecArray>((resolve, reject) => {
    const lines: string[] = []
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (lines.length > keptLines) lines.shift()
        const found = ready.exec(line)
        if (found) resolve(found)
      })
    }
    const fail = (why: string) => reject(new Error(`${command} ${why}:\n${lines.slice(-10).join('\n')}`))
    child.once('error', reject)
    child.once('exit', (code) => fail(`ended with code ${code}`))
    AbortSignal.any([signal, AbortSignal.timeout(limitMs)]).addEventListener('abort', () =>
      fail('was not ready in time'),
    )
  })

export const createPrograms = (signal: AbortSignal): Programs => {
  const children: ChildProcess[] = []
  const end = async () => {
    for (const child of children.toReversed()) await endProgram(child)
  }
  signal.addEventListener('abort', () => void end(), { once: true })
  return {
    signal,
    end,
    start: async (command, args, options) => {
      signal.throwIfAborted()
      const [first = command, ...rest] = [...withParent(options.endsOn ?? 'KILL'), command, ...args]
      const child = spawn(first, rest, {
        env: options.environment ?? process.env,
        cwd: options.folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      children.push(child)
      return isReady(command, child, options, signal)
    },
  }
}

/** A port that was free a moment ago, for programs that cannot choose one. */
export const freePort = (address = '127.0.0.1'): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, address, () => {
      const bound = server.address()
      server.close(() =>
        bound !== null && typeof bound === 'object' ? resolve(bound.port) : reject(new Error('no port')),
      )
    })
  })
