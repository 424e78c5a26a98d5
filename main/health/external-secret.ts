import { conditionsOf, degradedBy, healthyBy } from './conditions.ts'
import { listIn, textIn } from './fields.ts'
import type { Rule } from './object.ts'

/** As in Argo CD: of its Ready, PartiallyReady and NotReady the last one holds, because each state is appended. */
export const clusterExternalSecret: Rule = ({ status }) => {
  const [failed] = listIn(status, 'failedNamespaces')
  if (failed !== undefined) {
    const why = textIn(failed, 'reason') ?? 'no reason is given'
    return { health: 'degraded', reason: `Namespace ${textIn(failed, 'namespace') ?? '?'}: ${why}` }
  }
  const last = [...conditionsOf(status).values()].at(-1)
  if (last?.status !== 'True') return undefined
  return last.type === 'Ready' ? healthyBy(last) : degradedBy(last)
}
