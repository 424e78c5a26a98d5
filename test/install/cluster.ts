import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { getObject, listObjects } from '../../main/lib/kubernetes/objects.ts'
import { run } from '../../scripts/run.ts'
import type { InstallSetup } from './setup.ts'

const limit = () => AbortSignal.timeout(30_000)

/** Helm's own record of a release: `revision status`, oldest first. */
export async function revisions(client: KubernetesClient, namespace: string, release: string): Promise<string[]> {
  const selection = { namespace, labelSelector: `owner=helm,name=${release}` }
  const secrets = await listObjects(client, { apiVersion: 'v1', kind: 'Secret' }, selection, limit())
  return secrets
    .map(({ metadata }) => `${metadata.labels?.version} ${metadata.labels?.status}`)
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
}

export const exists = async (
  client: KubernetesClient,
  kind: string,
  name: string,
  namespace?: string,
): Promise<boolean> => {
  const apiVersion = kind === 'Deployment' ? 'apps/v1' : kind === 'Lease' ? 'coordination.k8s.io/v1' : 'v1'
  return (await getObject(client, { apiVersion, kind }, { name, namespace }, limit())) !== undefined
}

/** Runs helm directly, as another user would. */
export async function helm({ helm: program, kubeconfig, context }: InstallSetup, ...args: string[]): Promise<string> {
  const env = { KUBECONFIG: kubeconfig, HELM_KUBECONTEXT: context }
  const { code, stdout, stderr } = await run(program, args, { env, signal: AbortSignal.timeout(120_000) })
  if (code !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr}`)
  return stdout
}
