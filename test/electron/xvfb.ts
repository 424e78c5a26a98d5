import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** A virtual X display for the windows of a test. */
export interface Xvfb {
  /** The value of DISPLAY. */
  readonly display: string
  stop(): Promise<void>
}

const program = '/usr/bin/Xvfb'

/** Why this machine cannot run Xvfb; undefined: it can. */
export const noXvfb: string | undefined = existsSync(program) ? undefined : 'no Xvfb (Debian: xvfb)'

/** Xvfb chooses a free display number, and prints it once the display is ready. */
export async function startXvfb(): Promise<Xvfb> {
  const args = ['-displayfd', '1', '-screen', '0', '1400x900x24', '-nolisten', 'tcp']
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const [number] = await once(createInterface(child.stdout), 'line', { signal: AbortSignal.timeout(20_000) })
  return {
    display: `:${number}`,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}
