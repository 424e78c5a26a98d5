import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** A screen of the test's own, on which windows are real ones. */
export interface Xvfb {
  /** For the DISPLAY of programs. */
  readonly display: string
  stop(): Promise<void>
}

const program = '/usr/bin/Xvfb'

/** Why there is none on this machine; undefined where there can be one. */
export const noXvfb: string | undefined = existsSync(program) ? undefined : 'no Xvfb (Debian: xvfb)'

/** Takes a free display number by itself, and tells it once it can be used. */
export async function startXvfb(): Promise<Xvfb> {
  const args = ['-displayfd', '1', '-screen', '0', '1400x900x24', '-nolisten', 'tcp']
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const [number] = await once(createInterface(child.stdout), 'line', { signal: AbortSignal.timeout(20_000) })
  return {
    display: `:${number}`,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}
