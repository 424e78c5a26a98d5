import { at, type KubernetesObject } from '../../observe/kubernetes-object.ts'
import type { PlacedObject } from '../../observe/live-objects.ts'
import { type CheckOutcome, defineCheck, notPermitted, pass, skipped, summary } from '../check.ts'
import { read } from '../rules/amounts.ts'
import { podsOf } from '../rules/pods.ts'
import { type ContainerResources, containersWithDefaults, limitsOf } from '../rules/quota.ts'

/** Why a set of requests and limits is refused by an entry of a LimitRange, as LimitRanger does. */
function faultsOf(limit: unknown, { requests, limits }: Omit<ContainerResources, 'name'>): string[] {
  const entries = (field: string): [string, unknown][] => Object.entries(Object(at(limit, field)))
  return [
    ...entries('min').flatMap(([name, min]) =>
      requests[name] === undefined || read(requests[name]) < read(min)
        ? [`requests ${name} ${requests[name] ?? 'nothing'}, at least ${min} required`]
        : [],
    ),
    ...entries('max').flatMap(([name, max]) =>
      limits[name] === undefined || read(limits[name]) > read(max)
        ? [`limits ${name} to ${limits[name] ?? 'nothing'}, at most ${max} permitted`]
        : [],
    ),
    ...entries('maxLimitRequestRatio').flatMap(([name, ratio]) => {
      const actual = read(limits[name]) / read(requests[name])
      return actual > read(ratio) ? [`has a limit of ${actual} times the request of ${name}, at most ${ratio}`] : []
    }),
  ]
}

const sumOf = (containers: readonly ContainerResources[], of: 'requests' | 'limits'): Record<string, number> => {
  const sums: Record<string, number> = {}
  for (const container of containers)
    for (const [name, value] of Object.entries(container[of])) sums[name] = (sums[name] ?? 0) + read(value)
  return sums
}

/** Pure. */
export function compareLimitRanges(
  limitRanges: readonly KubernetesObject[],
  objects: readonly PlacedObject[],
): CheckOutcome {
  if (limitRanges.length === 0) return skipped('The namespaces of the plane have no limit ranges.')
  const rangesOf = (namespace: string) => limitRanges.filter(({ metadata }) => metadata?.namespace === namespace)
  const ofPods = podsOf(objects).flatMap((pod) => {
    const ranges = rangesOf(pod.namespace)
    const containers = containersWithDefaults(pod.spec, ranges)
    return limitsOf(ranges).flatMap(({ range, limit }) => {
      const where = `${pod.namespace}/${pod.workload}`
      if (at(limit, 'type') === 'Container')
        return containers.flatMap((each) =>
          faultsOf(limit, each).map((fault) => `${where}, container ${each.name}: ${fault} (${range})`),
        )
      if (at(limit, 'type') !== 'Pod') return []
      const whole = { requests: sumOf(containers, 'requests'), limits: sumOf(containers, 'limits') }
      return faultsOf(limit, whole).map((fault) => `${where}, whole pod: ${fault} (${range})`)
    })
  })
  const ofClaims = objects.flatMap(({ namespace, object }) => {
    if (object.kind !== 'PersistentVolumeClaim') return []
    const requests = { storage: at(object, 'spec', 'resources', 'requests', 'storage') }
    return limitsOf(rangesOf(namespace))
      .filter(({ limit }) => at(limit, 'type') === 'PersistentVolumeClaim')
      .flatMap(({ range, limit }) =>
        faultsOf(limit, { requests, limits: requests }).map(
          (fault) => `${namespace}/PersistentVolumeClaim ${object.metadata?.name}: ${fault} (${range})`,
        ),
      )
  })
  const faults = [...ofPods, ...ofClaims]
  if (faults.length === 0) return pass('All pods and claims are within the limit ranges of their namespaces.')
  return {
    verdict: 'fail',
    message: `Outside of limit ranges: ${summary(faults, 2)}.`,
    hint: 'Set other requests and limits in the values, or ask the owner of the namespace to change the LimitRange.',
    evidence: faults.join('\n'),
  }
}

export const limitsRange = defineCheck({
  id: 'limits.range',
  title: 'Limit ranges',
  category: 'admission',
  severity: 'strict',
  needs: ['limitRanges', 'newObjects'],
  about:
    'Compares requests, limits and their ratio of each rendered container, pod and claim with the LimitRanges of its namespace, after the defaults that these set. Pods outside of them are never created.',
  remedy:
    'The evidence names container, value and LimitRange. Change the values of the chart, or ask the owner of the namespace to change `min`, `max` or `maxLimitRequestRatio`.',
  decide: ({ limitRanges, newObjects }) =>
    limitRanges === undefined ? notPermitted('list limitranges') : compareLimitRanges(limitRanges, newObjects),
})
