import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { ClusterConnection } from '../../main/lib/kubernetes/client.ts'
import { demandsOf } from '../../main/lib/kubernetes/consent.ts'
import { usableContext } from '../../main/lib/kubernetes/kubeconfig.ts'
import { readFiles } from '../../main/lib/kubernetes/open.ts'

/** A temporary folder with a kubeconfig of one context named `test`. */
export async function kubeconfigFolder(
  cluster: Record<string, unknown>,
  user: Record<string, unknown>,
  environment: Record<string, string> = {},
): Promise<{ readonly folder: string; readonly connection: ClusterConnection; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-kubeconfig-'))
  const file = join(folder, 'config')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'cluster', cluster }],
    users: [{ name: 'user', user }],
    contexts: [{ name: 'test', context: { cluster: 'cluster', user: 'user' } }],
  }
  await writeFile(file, stringify(config), { mode: 0o600 })
  return {
    folder,
    connection: { files: [file], contextName: 'test', environment },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Writes an executable shell script. */
export async function writeProgram(file: string, body: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${body}\n`)
  await chmod(file, 0o700)
}

/** The connection of a user who has allowed whatever the context demands now. */
export async function allowAll(connection: ClusterConnection): Promise<ClusterConnection> {
  const { user, cluster } = usableContext(await readFiles(connection.files), connection.contextName)
  const { demands } = await demandsOf(user, cluster, { ...process.env, ...connection.environment })
  return { ...connection, permit: { demands: demands.map(({ id }) => id), variables: [] } }
}
