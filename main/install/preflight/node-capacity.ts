import { formatCpu, formatMemory, parseQuantity } from '../../lib/rules/quantity.ts'
import { at, type KubernetesObject, listAt, nameOf, numberAt, textAt } from '../observe/kubernetes-object.ts'
import { type Check, type CheckOutcome, pass } from './check.ts'
import { isSchedulable } from './node-ready.ts'

/** CPU in cores, memory in bytes; NaN if the text is not a Kubernetes quantity, so that no sum hides it. */
export interface Amount {
  readonly cpu: number
  readonly memory: number
}

const none: Amount = { cpu: 0, memory: 0 }
const plus = (a: Amount, b: Amount): Amount => ({ cpu: a.cpu + b.cpu, memory: a.memory + b.memory })
const minus = (a: Amount, b: Amount): Amount => ({ cpu: a.cpu - b.cpu, memory: a.memory - b.memory })
const larger = (a: Amount, b: Amount): Amount => ({ cpu: Math.max(a.cpu, b.cpu), memory: Math.max(a.memory, b.memory) })
const times = (a: Amount, factor: number): Amount => ({ cpu: a.cpu * factor, memory: a.memory * factor })
const fits = (a: Amount, within: Amount): boolean => a.cpu <= within.cpu && a.memory <= within.memory
const format = ({ cpu, memory }: Amount): string => `${formatCpu(cpu)} and ${formatMemory(memory)}`
const isUnreadable = ({ cpu, memory }: Amount): boolean => Number.isNaN(cpu + memory)

/** An absent quantity is zero: nothing is requested. */
const read = (quantity: unknown): number =>
  quantity === undefined || quantity === null ? 0 : (parseQuantity(String(quantity)) ?? Number.NaN)

const amountAt = (value: unknown, ...path: string[]): Amount => ({
  cpu: read(at(value, ...path, 'cpu')),
  memory: read(at(value, ...path, 'memory')),
})

/** The requests that the scheduler counts: the sum of the containers or the largest init container, plus the overhead. */
export function podRequests(spec: unknown): Amount {
  const of = (list: string) => listAt(spec, list).map((container) => amountAt(container, 'resources', 'requests'))
  const containers = of('containers').reduce(plus, none)
  const largestInit = of('initContainers').reduce(larger, none)
  return plus(larger(containers, largestInit), amountAt(spec, 'overhead'))
}

/** The requests of one pod of a rendered workload, and the number of its pods. */
function workloadRequests(
  object: KubernetesObject,
  nodes: number,
): { readonly pod: Amount; readonly count: number } | undefined {
  const pod = podRequests(at(object, 'spec', 'template', 'spec'))
  if (object.kind === 'Deployment' || object.kind === 'StatefulSet')
    return { pod, count: numberAt(object, 'spec', 'replicas') ?? 1 }
  if (object.kind === 'DaemonSet') return { pod, count: nodes }
  if (object.kind === 'Job') return { pod, count: numberAt(object, 'spec', 'parallelism') ?? 1 }
  return object.kind === 'Pod' ? { pod: podRequests(object.spec), count: 1 } : undefined
}

/** Pure. `needed`: for the whole plane. `workloads`: those that are not installed yet. */
export function compareCapacity(
  nodes: readonly KubernetesObject[],
  pods: readonly KubernetesObject[],
  needed: Amount,
  workloads: readonly KubernetesObject[],
): CheckOutcome {
  const schedulable = nodes.filter(isSchedulable)
  const free = new Map(schedulable.map((node) => [nameOf(node), amountAt(node, 'status', 'allocatable')]))
  for (const pod of pods) {
    const node = textAt(pod, 'spec', 'nodeName') ?? ''
    const left = free.get(node)
    if (left) free.set(node, minus(left, podRequests(pod.spec)))
  }
  const total = [...free.values()].reduce(plus, none)
  const requests = workloads.flatMap((object) => workloadRequests(object, schedulable.length) ?? [])
  const rendered = requests.map(({ pod, count }) => times(pod, count)).reduce(plus, none)
  const required = larger(needed, rendered)
  const unreadable = [
    ...(isUnreadable(needed) ? ["the profile's requirements"] : []),
    ...workloads
      .filter((object) => isUnreadable(workloadRequests(object, schedulable.length)?.pod ?? none))
      .map((object) => `${object.kind} ${nameOf(object)}`),
    ...(isUnreadable(total) ? ['the nodes and their pods'] : []),
  ]
  if (unreadable.length > 0) {
    return {
      verdict: 'unknown',
      message: 'A CPU or memory request is not a Kubernetes quantity.',
      hint: 'Write quantities as 500m, 2, 512Mi or 1.5Gi.',
      evidence: unreadable.join('\n'),
    }
  }
  const evidence = [...free].map(([name, left]) => `${name}: ${format(left)} free`).join('\n')
  const hint = 'Add a node, or reduce the requests of other workloads.'
  if (!fits(required, total))
    return { verdict: 'fail', message: `${format(required)} needed; ${format(total)} are free.`, hint, evidence }
  const tooLarge = requests.find(({ pod }) => ![...free.values()].some((left) => fits(pod, left)))
  if (tooLarge) {
    return {
      verdict: 'fail',
      message: `No node has room for a pod that requests ${format(tooLarge.pod)}.`,
      hint: 'Add a larger node.',
      evidence,
    }
  }
  return pass(`${format(required)} needed; ${format(total)} are free.`, evidence)
}

export const nodeCapacity: Check = {
  id: 'node.capacity',
  title: 'Node capacity',
  strict: true,
  limitMs: 15_000,
  async run(facts) {
    const [nodes, pods, desired, rendered, observed] = await Promise.all([
      facts.nodes(),
      facts.pods(),
      facts.desired(),
      facts.rendered(),
      facts.observed(),
    ])
    if (nodes === undefined || pods === undefined) {
      return {
        verdict: 'unknown',
        message: 'This user is not permitted to list nodes and pods.',
        hint: 'Ask the cluster administrator for the permissions "list nodes" and "list pods".',
      }
    }
    // Installed releases are already counted by their pods.
    const absent = desired.releases.filter(({ name }) => (observed.releases.get(name)?.history ?? []).length === 0)
    const { cpu = '0', memory = '0' } = facts.session.loaded.profile.requirements
    const whole = { cpu: read(cpu), memory: read(memory) }
    const needed = absent.length === desired.releases.length ? whole : none
    return compareCapacity(
      nodes,
      pods,
      needed,
      absent.flatMap(({ name }) => rendered.get(name) ?? []),
    )
  },
}
