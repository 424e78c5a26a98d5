import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import type { PolicyFacts, Selector } from './labels.ts'

/** Whom a policy is about, always in its own namespace. */
const subjects: ReadonlySet<string> = new Set(['podSelector', 'endpointSelector'])
/** Whom it lets in or out, in Cilium's policies. */
const peers: ReadonlySet<string> = new Set(['fromEndpoints', 'toEndpoints', 'fromRequires', 'toRequires'])

/** A policy as far as it looks at the labels of pods in a namespace. Pure. */
export function policyFacts(policy: KubernetesObject, namespace: string): PolicyFacts {
  const { name, namespace: its } = policy.metadata
  // A policy for the whole cluster has no namespace.
  const elsewhere = its !== undefined && its !== namespace
  return { name, selectors: selectorsIn(policy, elsewhere) }
}

/** Every pod selector, however deep; of a policy elsewhere, only those that look into other namespaces. */
function selectorsIn(value: unknown, elsewhere: boolean): readonly Selector[] {
  if (Array.isArray(value)) return value.flatMap((item) => selectorsIn(item, elsewhere))
  if (typeof value !== 'object' || value === null) return []
  const crosses = Reflect.has(value, 'namespaceSelector')
  return Object.entries(value).flatMap(([field, inner]): readonly Selector[] => {
    if (subjects.has(field)) return elsewhere && !crosses ? [] : [inner]
    if (peers.has(field)) return [inner].flat().filter((selector) => !elsewhere || looksElsewhere(selector))
    return selectorsIn(inner, elsewhere)
  })
}

/** Cilium takes a policy's peers to be in its own namespace unless they name one. */
function looksElsewhere({ matchLabels = {}, matchExpressions = [] }: Selector): boolean {
  const keys = [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)]
  return keys.some((key) => /io\.kubernetes\.pod\.namespace|io\.cilium\.k8s\.namespace/.test(key))
}
