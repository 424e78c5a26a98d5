import { formatCpu, formatMemory, parseQuantity } from '../../lib/rules/quantity.ts'
import { at, type KubernetesObject, listAt, nameOf, numberAt, textAt } from '../observe/kubernetes-object.ts'
import { type Check, pass, type Seen } from './check.ts'
import { isUsable } from './node-ready.ts'

/** Cores and bytes; NaN where the text is not a Kubernetes quantity, so that no sum hides it. */
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
const say = ({ cpu, memory }: Amount): string => `${formatCpu(cpu)} and ${formatMemory(memory)}`
const isUnreadable = ({ cpu, memory }: Amount): boolean => Number.isNaN(cpu + memory)

/** An absent quantity is zero: nothing is requested. */
const read = (quantity: unknown): number =>
  quantity === undefined || quantity === null ? 0 : (parseQuantity(String(quantity)) ?? Number.NaN)

const amountAt = (value: unknown, ...path: string[]): Amount => ({
  cpu: read(at(value, ...path, 'cpu')),
  memory: read(at(value, ...path, 'memory')),
})

/** What the scheduler counts for a pod: its containers together, or its largest init container, and the overhead. */
export function podRequests(spec: unknown): Amount {
  const of = (list: string) => listAt(spec, list).map((container) => amountAt(container, 'resources', 'requests'))
  const together = of('containers').reduce(plus, none)
  const starting = of('initContainers').reduce(larger, none)
  return plus(larger(together, starting), amountAt(spec, 'overhead'))
}

/** What a rendered workload will ask for: one pod, and how many of them. */
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

/** Pure. `needed`: of the whole plane; `workloads`: those that are not there yet. */
export function compareCapacity(
  nodes: readonly KubernetesObject[],
  pods: readonly KubernetesObject[],
  needed: Amount,
  workloads: readonly KubernetesObject[],
): Seen {
  const usable = nodes.filter(isUsable)
  const free = new Map(usable.map((node) => [nameOf(node), amountAt(node, 'status', 'allocatable')]))
  for (const pod of pods) {
    const node = textAt(pod, 'spec', 'nodeName') ?? ''
    const left = free.get(node)
    if (left) free.set(node, minus(left, podRequests(pod.spec)))
  }
  const total = [...free.values()].reduce(plus, none)
  const asked = workloads.flatMap((object) => workloadRequests(object, usable.length) ?? [])
  const rendered = asked.map(({ pod, count }) => times(pod, count)).reduce(plus, none)
  const want = larger(needed, rendered)
  const unreadable = [
    ...(isUnreadable(needed) ? ["the profile's requirements"] : []),
    ...workloads
      .filter((object) => isUnreadable(workloadRequests(object, usable.length)?.pod ?? none))
      .map((object) => `${object.kind} ${nameOf(object)}`),
    ...(isUnreadable(total) ? ['the nodes and their pods'] : []),
  ]
  if (unreadable.length > 0)
    return {
      verdict: 'unknown',
      message: 'A CPU or memory request is not a Kubernetes quantity.',
      hint: 'Write quantities as 500m, 2, 512Mi or 1.5Gi.',
      evidence: unreadable.join('\n'),
    }
  const evidence = [...free].map(([name, left]) => `${name}: ${say(left)} free`).join('\n')
  const hint = 'Add a node, or free what other workloads reserve.'
  if (!fits(want, total))
    return { verdict: 'fail', message: `${say(want)} needed; ${say(total)} are free.`, hint, evidence }
  const homeless = asked.find(({ pod }) => ![...free.values()].some((left) => fits(pod, left)))
  if (homeless) {
    return {
      verdict: 'fail',
      message: `A pod of ${say(homeless.pod)} fits on no single node.`,
      hint: 'Add a larger node.',
      evidence,
    }
  }
  return pass(`${say(want)} needed; ${say(total)} are free.`, evidence)
}

export const nodeCapacity: Check = {
  id: 'node.capacity',
  title: 'Room on the nodes',
  strict: true,
  limitMs: 15_000,
  async look(facts) {
    const [nodes, pods, wanted, rendered, observed] = await Promise.all([
      facts.nodes(),
      facts.pods(),
      facts.wanted(),
      facts.rendered(),
      facts.observed(),
    ])
    if (nodes === undefined || pods === undefined) {
      return {
        verdict: 'unknown',
        message: 'This user may not list nodes and pods.',
        hint: 'Ask for "list nodes" and "list pods".',
      }
    }
    // What runs already has its room.
    const absent = wanted.releases.filter(({ name }) => (observed.releases.get(name)?.history ?? []).length === 0)
    const { cpu = '0', memory = '0' } = facts.scene.loaded.profile.requirements
    const whole = { cpu: read(cpu), memory: read(memory) }
    const needed = absent.length === wanted.releases.length ? whole : none
    return compareCapacity(
      nodes,
      pods,
      needed,
      absent.flatMap(({ name }) => rendered.get(name) ?? []),
    )
  },
}
