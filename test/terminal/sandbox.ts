import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { cacheRoot } from '../../scripts/build-programs.ts'
import { type CommandResult, hangar } from '../demo/hangar.ts'

/** A user's home, state folder and files, separate from those of this machine. */
export interface Sandbox {
  readonly folder: string
  readonly home: string
  readonly state: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Writes a file, as YAML unless it is a text. Resolves with its path. */
  file(name: string, content: unknown): Promise<string>
  run(...args: string[]): Promise<CommandResult>
}

/** Without the machine's kubeconfig, keychain and proxy. Removed at the end of the test. */
export async function createSandbox(more: Readonly<Record<string, string | undefined>> = {}): Promise<Sandbox> {
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

/** A kubeconfig to an unreachable cluster: commands that need no cluster must work with it. */
export const unreachableCluster = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'unreachableCluster', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'user', user: { token: 'canary-of-a-kubeconfig' } }],
  contexts: [{ name: 'unreachableCluster', context: { cluster: 'unreachableCluster', user: 'user' } }],
  'current-context': 'unreachableCluster',
}
