import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Problem } from '../../preload/contract/problem.ts'
import { type Command, type OptionValues, text } from './command.ts'

export const demoCommand: Command = {
  name: 'demo',
  summary:
    'install a demo plane on a new cluster of this computer, or on the cluster of --context, and open Hangar on it (needs a checkout of the project)',
  options: [
    { flags: '--headless', help: 'run all stages without a window, and print the result of each' },
    {
      flags: '--context <name>',
      help: 'use the cluster of this context; the servers of the plane run as its pods, and all is removed at the end',
    },
    { flags: '--kubeconfig <file>', help: 'with --context: this kubeconfig instead of KUBECONFIG or ~/.kube/config' },
    {
      flags: '--images <registry>',
      help: 'with --context: registry that has node:24 and helm-controller:1.6.2 (default: the public images)',
    },
    { flags: '--yes', help: 'with --context: do not ask before the cluster is changed' },
  ],
  async run(_terminal, _args, options, signal) {
    const script = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url))
    if (!existsSync(script)) {
      throw new Problem(
        'FILE_UNREADABLE',
        'The demo is made of parts of the source tree, so it runs only in a checkout of the project.',
      )
    }
    // The child is in the same process group, so it receives Ctrl-C itself and cleans up.
    const child = spawn(process.execPath, ['--disable-sigusr1', script, ...demoArguments(options)], {
      stdio: 'inherit',
    })
    signal.addEventListener('abort', () => child.kill('SIGTERM'))
    const [status] = await once(child, 'exit')
    return status === 0 || status === 2 ? status : 1
  },
}

/** The options as arguments of the script, which has the same. Pure. */
export function demoArguments(options: OptionValues): string[] {
  const flags = (['headless', 'yes'] as const).filter((name) => options[name] === true).map((name) => `--${name}`)
  const named = (['context', 'kubeconfig', 'images'] as const).flatMap((name) => {
    const value = text(options, name)
    return value === undefined ? [] : [`--${name}=${value}`]
  })
  return [...flags, ...named]
}
