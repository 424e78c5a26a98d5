import { at, type KubernetesObject, listAt, nameOf } from '../../observe/kubernetes-object.ts'
import type { PlacedObject } from '../../observe/live-objects.ts'
import { type CheckOutcome, defineCheck, notPermitted, pass, skipped, summary } from '../check.ts'
import { read } from '../rules/amounts.ts'
import { isSchedulable } from '../rules/nodes.ts'
import { podsOf } from '../rules/pods.ts'
import { quotaNeed } from '../rules/quota.ts'

/** Scopes that match the pods of long-running workloads, as those of charts are. */
const matchingScopes = new Set(['NotTerminating', 'NotBestEffort'])

interface Excess {
  readonly line: string
  readonly fault: string
}

/** Pure. `objects`: of releases that are not installed yet. */
export function compareQuotas(
  quotas: readonly KubernetesObject[],
  limitRanges: readonly KubernetesObject[],
  objects: readonly PlacedObject[],
  nodes: number,
): CheckOutcome {
  if (quotas.length === 0) return skipped('The namespaces of the plane have no resource quotas.')
  const excesses: Excess[] = []
  const unclear: string[] = []
  const lines: string[] = []
  for (const quota of quotas) {
    const namespace = quota.metadata?.namespace ?? ''
    const own = objects.filter((each) => each.namespace === namespace)
    const pods = podsOf(own)
    const ranges = limitRanges.filter(({ metadata }) => metadata?.namespace === namespace)
    const scopes = [
      ...listAt(quota, 'spec', 'scopes'),
      ...listAt(quota, 'spec', 'scopeSelector', 'matchExpressions').map((each) => at(each, 'scopeName')),
    ].map(String)
    if (scopes.some((scope) => !matchingScopes.has(scope))) {
      unclear.push(`${namespace}/${nameOf(quota)}: scopes ${scopes.join(', ')}`)
      continue
    }
    for (const [name, hard] of Object.entries(Object(at(quota, 'spec', 'hard')))) {
      const need = quotaNeed(name, pods, own, ranges, nodes)
      if (need === undefined) continue
      const used = Object(at(quota, 'status', 'used'))[name] ?? 0
      const line = `${namespace}/${nameOf(quota)}: ${name} ${used} of ${hard} used`
      lines.push(line)
      if (need.unset.length > 0)
        excesses.push({
          line,
          fault: `${name} is mandatory in ${namespace}, and ${summary(need.unset)} does not set it`,
        })
      else if (read(used) + need.amount > read(hard))
        excesses.push({
          line: `${line}; the plane needs ${shown(name, need.amount)}`,
          fault: `${name} in ${namespace}`,
        })
    }
  }
  const evidence = [...excesses.map(({ line }) => line), ...unclear].join('\n')
  if (excesses.length > 0) {
    return {
      verdict: 'fail',
      message: `Exceeds resource quotas: ${summary(excesses.map(({ fault }) => fault))}.`,
      hint: 'Raise the quota, set requests and limits in the values, or give the namespace a LimitRange with defaults.',
      evidence,
    }
  }
  if (unclear.length > 0) {
    return {
      verdict: 'unknown',
      message: 'Quotas with scopes are not computed.',
      hint: 'Compare them with the pods of the plane by hand.',
      evidence,
    }
  }
  return pass('The plane fits into the resource quotas of its namespaces.', lines.join('\n'))
}

const shown = (name: string, amount: number): string =>
  /memory|storage/.test(name) ? `${Math.ceil(amount / 2 ** 20)} MiB` : String(Math.ceil(amount * 1_000) / 1_000)

export const quotaHeadroom = defineCheck({
  id: 'quota.headroom',
  title: 'Resource quotas',
  category: 'admission',
  severity: 'strict',
  needs: ['quotas', 'limitRanges', 'newObjects', 'nodes'],
  about:
    'Adds what the rendered pods, claims and services need to what each ResourceQuota of their namespaces counts already. A quota on CPU or memory also makes requests and limits mandatory. Pods beyond a quota are never created: the Deployment reports `FailedCreate`, and helm waits until its time-out.',
  remedy:
    'Ask the owner of the namespace for a larger quota, or reduce replicas and requests in the values. Where a value is mandatory, set it in the values, or create a LimitRange with `default` and `defaultRequest`.',
  decide({ quotas, limitRanges, newObjects, nodes }) {
    if (quotas === undefined) return notPermitted('list resourcequotas')
    return compareQuotas(quotas, limitRanges ?? [], newObjects, (nodes ?? []).filter(isSchedulable).length)
  },
})
