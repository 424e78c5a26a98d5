import { readFile } from 'node:fs/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import { decodeYaml } from '../../../preload/decode-yaml.ts'
import type { ClusterConnection, KubernetesClient } from './client.ts'
import { demandsOf, refuseWithoutConsent } from './consent.ts'
import { type Kubeconfig, type KubeconfigText, readKubeconfig, usableContext } from './kubeconfig.ts'
import { kubeconfigLimitBytes } from './kubeconfig-text.ts'
import { clusterProxy } from './proxy.ts'

/**
 * A client for one context. Reads the kubeconfig files, and neither runs a program nor sends anything to the API server yet.
 * `environment` overrides this process's own, for credential programs and for HTTPS_PROXY and NO_PROXY.
 * Throws CONTEXT_UNKNOWN, KUBECONFIG_INVALID, KUBECONFIG_UNREADABLE, or CONSENT_NEEDED where the files as they are now
 * demand more than the connection's permit allows.
 */
export async function openCluster(connection: ClusterConnection): Promise<KubernetesClient> {
  const { cluster, user } = usableContext(await readFiles(connection.files), connection.contextName)
  const environment = { ...process.env, ...connection.environment }
  const { program, demands } = await demandsOf(user, cluster, environment)
  refuseWithoutConsent(connection.contextName, demands, connection.permit)
  // The HTTP client is a third of what the app loads, and no cluster is used at the start.
  const [{ createClient }, { credentialSource }] = await Promise.all([
    import('./connect.ts'),
    import('./credentials.ts'),
  ])
  const proxy = clusterProxy(new URL(cluster.server), cluster.proxyUrl, environment)
  const variables = connection.permit?.variables ?? []
  return createClient(cluster, credentialSource(user, cluster, { program, environment, variables }), proxy)
}

/** The merged kubeconfig of these files. A missing file is skipped, as kubectl does, unless all are missing. */
export const readFiles = async (files: readonly string[]): Promise<Kubeconfig> => readKubeconfig(await readTexts(files))

/** The texts of kubeconfig files, but those that are missing. Throws KUBECONFIG_UNREADABLE where all are. */
export async function readTexts(files: readonly string[]): Promise<KubeconfigText[]> {
  const texts: KubeconfigText[] = []
  let failure: Problem | undefined
  for (const file of files) {
    try {
      const bytes = await readFile(file)
      if (bytes.length > kubeconfigLimitBytes)
        throw new Problem('KUBECONFIG_UNREADABLE', 'The kubeconfig is too large.', file)
      const text = decodeYaml(bytes)
      if (text === undefined) throw new Problem('KUBECONFIG_UNREADABLE', 'The kubeconfig is not text.', file)
      texts.push({ file, text })
    } catch (error) {
      failure ??=
        error instanceof Problem
          ? error
          : new Problem('KUBECONFIG_UNREADABLE', 'A kubeconfig cannot be read.', file, { cause: error })
    }
  }
  if (texts.length === 0) throw failure ?? new Problem('KUBECONFIG_UNREADABLE', 'There is no kubeconfig.')
  return texts
}
