import { readFile } from 'node:fs/promises'
import { openApp } from '../../scripts/open-app.ts'
import { hangar } from './hangar.ts'
import type { DemoRun } from './journey.ts'
import { environmentOf } from './plane.ts'

/**
 * Opens Hangar on the demo's cluster, with the plane planned and its credentials stored. Returns when the window is
 * closed, or after Ctrl-C.
 */
export async function openWindow({ demo, home, passphraseFile, print }: DemoRun, signal: AbortSignal): Promise<number> {
  const environment = environmentOf(demo, home)
  const files = [
    '--values',
    demo.valuesFile,
    '--credentials',
    demo.credentialsFile,
    '--passphrase-file',
    passphraseFile,
  ]
  const planned = await hangar(['plan', ...demo.options, ...files], environment, signal)
  if (planned.code !== 0) throw new Error(planned.stderr)
  print('The plane "demo" is planned on this cluster. Open it, review the plan of its installation, and start it.')
  print(`Passphrase of the vault, for this demo: ${(await readFile(passphraseFile, 'utf8')).trim()}`)
  return openApp({ environment, print }, signal)
}
