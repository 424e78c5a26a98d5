import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import type { PolicySelectors, Selector } from './labels.ts'

/** Fields that select the policy's subjects, always in its own namespace. */
const subjects: ReadonlySet<string> = new Set(['podSelector', 'endpointSelector'])
/** Fields that select peers, in Cilium's policies. */
const peers: ReadonlySet<string> = new Set(['fromEndpoints', 'toEndpoints', 'fromRequires', 'toRequires'])

/** The selectors of a policy that can match pods in a namespace. Pure. */
export function policySelectors(policy: KubernetesObject, namespace: string): PolicySelectors {
  const { name, namespace: policyNamespace } = policy.metadata
  // A clusterwide policy has no namespace.
  const elsewhere = policyNamespace !== undefined && policyNamespace !== namespace
  return { name, selectors: selectorsIn(policy, elsewhere) }
}

/** Every pod selector, at any depth; of a policy in another namespace, only those that cross namespaces. */
function selectorsIn(value: unknown, elsewhere: boolean): readonly Selector[] {
  if (Array.isArray(value)) return value.flatMap((item) => selectorsIn(item, elsewhere))
  if (typeof value !== 'object' || value === null) return []
  const crosses = Reflect.has(value, 'namespaceSelector')
  return Object.entries(value).flatMap(([field, inner]): readonly Selector[] => {
    if (subjects.has(field)) return elsewhere && !crosses ? [] : [inner]
    if (peers.has(field)) return [inner].flat().filter((selector) => !elsewhere || crossesNamespaces(selector))
    return selectorsIn(inner, elsewhere)
  })
}

/** Cilium limits peers to the policy's own namespace unless they name one. */
function crossesNamespaces({ matchLabels = {}, matchExpressions = [] }: Selector): boolean {
  const keys = [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)]
  return keys.some((key) => /io\.kubernetes\.pod\.namespace|io\.cilium\.k8s\.namespace/.test(key))
}
