import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { getObject } from '../../../lib/kubernetes/objects.ts'

const enforce = 'pod-security.kubernetes.io/enforce'

export interface NamespaceFacts {
  readonly name: string
  /** What Pod Security enforces there; empty: nothing by label; undefined: it cannot be read. */
  readonly enforces: string | undefined
}

/** The first that admits a pod in the network of its node, as far as labels say; else the first. Pure. */
export function namespaceForNode(candidates: readonly NamespaceFacts[]): string | undefined {
  const open = candidates.find(({ enforces }) => enforces === 'privileged' || enforces === '')
  return (open ?? candidates[0])?.name
}

/** Tried after the plane's own. */
const others = ['default', 'kube-system']

/** Where a probe in a node's network is to be started. */
export async function findNodeNamespace(
  client: KubernetesClient,
  own: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const names = [...new Set([...own, ...others])]
  const facts = await Promise.all(
    names.map(async (name): Promise<NamespaceFacts | undefined> => {
      try {
        const found = await getObject(client, { apiVersion: 'v1', kind: 'Namespace' }, { name }, signal)
        return found && { name, enforces: found.metadata.labels?.[enforce] ?? '' }
      } catch {
        signal.throwIfAborted()
        return { name, enforces: undefined }
      }
    }),
  )
  return namespaceForNode(facts.filter((one) => one !== undefined)) ?? 'default'
}
