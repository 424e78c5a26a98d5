import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { startHangar } from '../demo/hangar.ts'

/** `hangar serve` in its own process, as a user starts it. */
export interface Serving {
  /** The address with its single-use token. */
  readonly address: string
  readonly process: ChildProcess
  /** Asks for another address by SIGUSR2. */
  nextAddress(): Promise<string>
  stop(): Promise<void>
}

const startLimitMs = 60_000

/** `within`: a command prefix that runs it elsewhere, such as `nsenter`. `options`: of `hangar serve`. */
export async function startServing(
  environment: Readonly<Record<string, string | undefined>>,
  within: readonly string[] = [],
  options: readonly string[] = [],
): Promise<Serving> {
  const child = startHangar(['serve', ...options], environment, [], within)
  child.stdin.end()
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-10_000)
  })
  const ended = once(child, 'exit').then(() => {
    throw new Error(`hangar serve ended: ${errors}`)
  })
  const lines = createInterface(child.stdout)
  const nextLine = async (): Promise<string> => {
    const [line] = await once(lines, 'line', { signal: AbortSignal.timeout(startLimitMs) })
    return String(line)
  }
  const address = await Promise.race([nextLine(), ended])
  ended.catch(() => undefined) // from here on it is stopped by the caller
  return {
    address,
    process: child,
    nextAddress() {
      const next = nextLine()
      child.kill('SIGUSR2')
      return next
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}
