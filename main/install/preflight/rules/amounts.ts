import { formatCpu, formatMemory, parseQuantity } from '../../../lib/rules/quantity.ts'
import { at, listAt } from '../../observe/kubernetes-object.ts'

/** CPU in cores, memory in bytes; NaN if the text is not a Kubernetes quantity, so that no sum hides it. */
export interface Amount {
  readonly cpu: number
  readonly memory: number
}

export const none: Amount = { cpu: 0, memory: 0 }
export const plus = (a: Amount, b: Amount): Amount => ({ cpu: a.cpu + b.cpu, memory: a.memory + b.memory })
export const minus = (a: Amount, b: Amount): Amount => ({ cpu: a.cpu - b.cpu, memory: a.memory - b.memory })
export const larger = (a: Amount, b: Amount): Amount => ({
  cpu: Math.max(a.cpu, b.cpu),
  memory: Math.max(a.memory, b.memory),
})
export const times = (a: Amount, factor: number): Amount => ({ cpu: a.cpu * factor, memory: a.memory * factor })
export const fits = (a: Amount, within: Amount): boolean => a.cpu <= within.cpu && a.memory <= within.memory
export const format = ({ cpu, memory }: Amount): string => `${formatCpu(cpu)} and ${formatMemory(memory)}`
export const isUnreadable = ({ cpu, memory }: Amount): boolean => Number.isNaN(cpu + memory)

/** An absent quantity is zero: nothing is requested. */
export const read = (quantity: unknown): number =>
  quantity === undefined || quantity === null ? 0 : (parseQuantity(String(quantity)) ?? Number.NaN)

export const amountAt = (value: unknown, ...path: string[]): Amount => ({
  cpu: read(at(value, ...path, 'cpu')),
  memory: read(at(value, ...path, 'memory')),
})

/** What a container requests; a limit without a request is the request too. */
const requestsOf = (container: unknown): Amount => ({
  cpu: read(at(container, 'resources', 'requests', 'cpu') ?? at(container, 'resources', 'limits', 'cpu')),
  memory: read(at(container, 'resources', 'requests', 'memory') ?? at(container, 'resources', 'limits', 'memory')),
})

/**
 * The requests that the scheduler counts: of containers and sidecars together, or of the largest init container with the
 * sidecars before it, plus the overhead.
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
export function podRequests(spec: unknown): Amount {
  let sidecars = none
  let largestInit = none
  for (const container of listAt(spec, 'initContainers')) {
    const requests = requestsOf(container)
    largestInit = larger(largestInit, plus(sidecars, requests))
    if (at(container, 'restartPolicy') === 'Always') sidecars = plus(sidecars, requests)
  }
  const containers = listAt(spec, 'containers').map(requestsOf).reduce(plus, sidecars)
  return plus(larger(containers, largestInit), amountAt(spec, 'overhead'))
}
