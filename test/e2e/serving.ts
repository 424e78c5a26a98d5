import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { startHangar } from '../demo/hangar.ts'

/** `hangar serve` as its own process, as a person starts it. */
export interface Serving {
  /** Works once. */
  readonly address: string
  readonly process: ChildProcess
  stop(): Promise<void>
}

const startLimitMs = 60_000

/** `within`: what runs it somewhere else, as `nsenter` does. */
export async function startServing(
  environment: Readonly<Record<string, string | undefined>>,
  within: readonly string[] = [],
): Promise<Serving> {
  const child = startHangar(['serve'], environment, [], within)
  child.stdin.end()
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-10_000)
  })
  const ended = once(child, 'exit').then(() => {
    throw new Error(`hangar serve ended: ${said}`)
  })
  const line = once(createInterface(child.stdout), 'line', { signal: AbortSignal.timeout(startLimitMs) })
  const [address] = await Promise.race([line, ended])
  ended.catch(() => undefined) // from here on its end is ours
  return {
    address: String(address),
    process: child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}
