import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { cacheRoot } from '../../scripts/build-programs.ts'
import { type CommandResult, hangar } from '../demo/hangar.ts'

/** A person's computer as far as the terminal host sees it: a home, a state folder, and their files. */
export interface Place {
  readonly folder: string
  readonly home: string
  readonly state: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Writes a file of theirs, as YAML where it is no text, and gives its path. */
  file(name: string, content: unknown): Promise<string>
  run(...args: string[]): Promise<CommandResult>
}

/** Nothing of the machine's own: no kubeconfig, no keychain, no proxy. For as long as the test lasts. */
export async function newPlace(more: Readonly<Record<string, string | undefined>> = {}): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-terminal-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [home, state] = [join(folder, 'home'), join(folder, 'state')]
  await mkdir(home)
  const environment = {
    HOME: home,
    HANGAR_HOME: state,
    HANGAR_CACHE: cacheRoot(),
    KUBECONFIG: undefined,
    XDG_DATA_HOME: undefined,
    XDG_CACHE_HOME: undefined,
    XDG_CONFIG_HOME: undefined,
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    HTTPS_PROXY: undefined,
    https_proxy: undefined,
    ...more,
  }
  return {
    folder,
    home,
    state,
    environment,
    async file(name, content) {
      await writeFile(join(folder, name), typeof content === 'string' ? content : stringify(content))
      return join(folder, name)
    },
    run: (...args) => hangar(args, environment),
  }
}

/** A kubeconfig to a cluster that nobody can reach: what needs none must not notice. */
export const nowhere = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'nowhere', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'somebody', user: { token: 'canary-of-a-kubeconfig' } }],
  contexts: [{ name: 'nowhere', context: { cluster: 'nowhere', user: 'somebody' } }],
  'current-context': 'nowhere',
}
