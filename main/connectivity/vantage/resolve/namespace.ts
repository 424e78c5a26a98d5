import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { getObject } from '../../../lib/kubernetes/objects.ts'

const enforce = 'pod-security.kubernetes.io/enforce'

export interface NamespaceFacts {
  readonly name: string
  /** The level that Pod Security enforces; empty: no label; undefined: this user cannot read it. */
  readonly enforces: string | undefined
}

/** The first namespace whose labels admit a pod with hostNetwork, otherwise the first. Pure. */
export function namespaceForNode(candidates: readonly NamespaceFacts[]): string | undefined {
  const open = candidates.find(({ enforces }) => enforces === 'privileged' || enforces === '')
  return (open ?? candidates[0])?.name
}

/** Tried after the plane's namespaces. */
const fallbackNamespaces = ['default', 'kube-system']

/** The namespace for a probe with hostNetwork. */
export async function findNodeNamespace(
  client: KubernetesClient,
  planeNamespaces: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const names = [...new Set([...planeNamespaces, ...fallbackNamespaces])]
  const facts = await Promise.all(
    names.map(async (name): Promise<NamespaceFacts | undefined> => {
      try {
        const namespace = await getObject(client, { apiVersion: 'v1', kind: 'Namespace' }, { name }, signal)
        return namespace && { name, enforces: namespace.metadata.labels?.[enforce] ?? '' }
      } catch {
        signal.throwIfAborted()
        return { name, enforces: undefined }
      }
    }),
  )
  return namespaceForNode(facts.filter((one) => one !== undefined)) ?? 'default'
}
