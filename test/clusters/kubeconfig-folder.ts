import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { ClusterConnection } from '../../main/lib/kubernetes/client.ts'

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
