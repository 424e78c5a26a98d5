import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Problem } from '../../preload/contract/problem.ts'
import type { Command } from './command.ts'

export const demoCommand: Command = {
  name: 'demo',
  summary: 'start a real cluster on this computer and open Hangar on it (needs a checkout of the project)',
  options: [{ flags: '--headless', help: 'run all stages without a window, and print the result of each' }],
  async run(_terminal, _args, options, signal) {
    const script = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url))
    if (!existsSync(script)) {
      throw new Problem(
        'FILE_UNREADABLE',
        'The demo builds a cluster from source, so it runs only in a checkout of the project.',
      )
    }
    // The child is in the same process group, so it receives Ctrl-C itself and cleans up.
    const args = ['--disable-sigusr1', script, ...(options.headless === true ? ['--headless'] : [])]
    const child = spawn(process.execPath, args, { stdio: 'inherit' })
    signal.addEventListener('abort', () => child.kill('SIGTERM'))
    const [status] = await once(child, 'exit')
    return status === 0 ? 0 : 1
  },
}
