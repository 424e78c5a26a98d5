import { conditionOf, type KubernetesObject, nameOf } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, pass, summary } from '../check.ts'
import type { NamespaceState } from '../facts/facts.ts'

/** What the namespace controller reports about a deletion that does not end, in the order of usefulness. */
const conditions = [
  'NamespaceFinalizersRemaining',
  'NamespaceContentRemaining',
  'NamespaceDeletionDiscoveryFailure',
  'NamespaceDeletionContentFailure',
  'NamespaceDeletionGroupVersionParsingFailure',
]

const reasonsOf = (namespace: KubernetesObject): string[] =>
  conditions.flatMap((type) => {
    const condition = conditionOf(namespace, type)
    return condition?.status === 'True' && condition.message !== '' ? [condition.message] : []
  })

/** Pure. */
export function compareNamespaces(namespaces: ReadonlyMap<string, NamespaceState>): CheckOutcome {
  const objects = [...namespaces.values()].flatMap((state) => (typeof state === 'string' ? [] : [state]))
  const ending = objects.filter(({ metadata }) => metadata?.deletionTimestamp !== undefined)
  if (ending.length > 0) {
    const lines = ending.map((namespace) => {
      const reasons = reasonsOf(namespace)
      return `${nameOf(namespace)}, since ${namespace.metadata?.deletionTimestamp}: ${reasons.join(' ') || 'no reason reported yet'}`
    })
    return {
      verdict: 'fail',
      message: `Being deleted: ${lines.join('; ')}`,
      hint: 'Wait until the deletion ends. If it does not, start the controller of the finalizer that is named, or remove the finalizer from those objects: what it protects stays behind.',
      evidence: lines.join('\n'),
    }
  }
  const absent = [...namespaces].filter(([, state]) => state === 'absent').map(([name]) => name)
  const existing = objects.map(nameOf)
  const texts = [
    ...(existing.length > 0 ? [`Exists: ${summary(existing)}.`] : []),
    ...(absent.length > 0 ? [`Will be created: ${summary(absent)}.`] : []),
  ]
  return pass(texts.join(' ') || 'The namespaces cannot be read; their objects can.')
}

export const namespaceState = defineCheck({
  id: 'namespace.state',
  title: 'Namespaces',
  category: 'ownership',
  severity: 'strict',
  needs: ['namespaces'],
  about:
    'No namespace of the plane is being deleted. Nothing can be created in such a namespace. The namespace’s own conditions name the objects and finalizers that hold the deletion.',
  remedy:
    '`kubectl get namespace NAME -o yaml` shows the conditions. A finalizer is removed by the controller that set it: install that controller again, or edit the named objects and remove the finalizer by hand. Where an API service is unavailable (`NamespaceDeletionDiscoveryFailure`), fix or delete that APIService.',
  decide: ({ namespaces }) => compareNamespaces(namespaces),
})
