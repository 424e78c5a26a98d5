import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { programPath } from '../bed/programs.ts'
import type { Programs } from './program.ts'

/**
 * Starts a CoreDNS with zones in Corefile syntax: `{ 'corp.test': ['template …'] }`; `.` is all other names.
 * `inside` begins the command, where it is to run in a network of its own.
 */
export async function startCoredns(
  folder: string,
  { address, port }: { readonly address: string; readonly port: number },
  zones: Readonly<Record<string, readonly string[]>>,
  programs: Programs,
  inside: readonly string[] = [],
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const corefile = Object.entries(zones).map(
    ([zone, plugins]) => `${zone}:${port} {\n  bind ${address}\n  ${plugins.join('\n  ')}\n}\n`,
  )
  await writeFile(join(folder, 'Corefile'), corefile.join('\n'))
  const [command = '', ...args] = [...inside, programPath('coredns'), '-conf', join(folder, 'Corefile')]
  await programs.start(command, args, { ready: /CoreDNS-/, limitMs: 20_000 })
}
