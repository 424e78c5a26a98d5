import { readFile } from 'node:fs/promises'
import { openApp } from '../../scripts/open-app.ts'
import { hangar } from './hangar.ts'
import { type DemoRun, environmentOf } from './journey.ts'

/**
 * Hangar on the demo's cluster, with the plane planned and its credentials stored: what is left is to look and click.
 * Stays until the window is closed or Ctrl-C.
 */
export async function openWindow({ world, home, passphraseFile, say }: DemoRun, signal: AbortSignal): Promise<number> {
  const environment = environmentOf(world, home)
  const files = [
    '--values',
    world.valuesFile,
    '--credentials',
    world.credentialsFile,
    '--passphrase-file',
    passphraseFile,
  ]
  const planned = await hangar(['plan', '--profile', 'demo', ...files], environment, signal)
  if (planned.code !== 0) throw new Error(planned.stderr)
  say('The plane "demo" is planned on this cluster: open its Install tab, look at the plan, and start it.')
  say(`The vault asks for the passphrase of this demo: ${(await readFile(passphraseFile, 'utf8')).trim()}`)
  return openApp({ environment, say }, signal)
}
