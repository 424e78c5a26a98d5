import type { ExistingPod, Result, Vantage, VantageRequest } from './contract/connectivity.ts'

/** The names of vantages, for the window, reports and the terminal. Pure, and free of imports at run time. */

/** Vantages with the same key are the same column. */
export const vantageKey = ({ kind, name }: Vantage): string => `${kind}/${name}`

/** Results with the same key are about the same endpoint from the same vantage. */
export const cellKey = ({ endpoint, vantage }: Pick<Result, 'endpoint' | 'vantage'>): string =>
  `${endpoint}\n${vantageKey(vantage)}`

export const uniqueVantages = (vantages: readonly Vantage[]): Vantage[] => [
  ...new Map(vantages.map((vantage) => [vantageKey(vantage), vantage])).values(),
]

/** The name given to a node that Kubernetes chooses. */
const anyNode = 'any'

/** In a sentence, on the computer that ran the check: "this computer", "a pod in plane", "node worker-1", "component agent". */
export function vantageInSentence({ kind, name }: Vantage): string {
  if (kind === 'computer') return 'this computer'
  if (kind === 'pod') return `a pod in ${name}`
  if (kind === 'existing-pod') return `the existing pod ${name}`
  return kind === 'node' && name === anyNode ? 'a node' : `${kind} ${name}`
}

/** In a document or a table that others read elsewhere: "computer laptop", "pod plane", "existing pod plane/agent-1". */
export const vantageTitle = ({ kind, name }: Vantage): string => `${kind.replace('-', ' ')} ${name}`

/** Where to run a command: "on laptop", "on node worker-1", "in a pod in plane", "in a pod of component agent", "in the existing pod plane/agent-1". */
export function vantageLocation({ kind, name }: Vantage): string {
  if (kind === 'computer') return `on ${name}`
  if (kind === 'node') return `on ${vantageInSentence({ kind, name })}`
  if (kind === 'existing-pod') return `in ${vantageInSentence({ kind, name })}`
  return kind === 'pod' ? `in a pod in ${name}` : `in a pod of component ${name}`
}

/** The request that checks from the same vantage again. */
export function requestOf({ kind, name }: Vantage): VantageRequest {
  if (kind === 'computer') return { kind }
  if (kind === 'pod') return { kind, namespace: name }
  if (kind === 'existing-pod') return { kind, ...existingPodOf(name) }
  return kind === 'node' ? { kind, name } : { kind, component: name }
}

/** NAMESPACE/POD or NAMESPACE/POD/CONTAINER, as a vantage and the terminal name it. */
export const existingPodName = ({ namespace, pod, container }: ExistingPod): string =>
  [namespace, pod, ...(container === undefined ? [] : [container])].join('/')

/** The inverse of `existingPodName`. Checks no syntax. */
export function existingPodOf(name: string): ExistingPod {
  const [namespace = '', pod = '', ...container] = name.split('/')
  return { namespace, pod, ...(container.length === 0 ? {} : { container: container.join('/') }) }
}
