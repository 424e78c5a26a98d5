import { conditionsOf, degradedBy, healthyBy } from './conditions.ts'
import { type Fields, isFields, textIn } from './fields.ts'
import type { Rule, Subject } from './object.ts'

const failure = /^(Failed|Invalid|Ambiguous)/

/**
 * As in Argo CD. Without metrics nothing scales, though `AbleToScale` is True:
 * https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/podautoscaler/horizontal.go
 */
export const horizontalPodAutoscaler: Rule = (object) => {
  const conditions = conditionsOf(statusOf(object))
  const wrong = [...conditions.values()].find(({ status, reason }) => status !== 'True' && failure.test(reason))
  if (wrong !== undefined) return degradedBy(wrong)
  const good = ['AbleToScale', 'ScalingLimited']
    .map((type) => conditions.get(type))
    .find((one) => one?.status === 'True')
  return good === undefined ? { health: 'progressing', reason: 'Waiting to scale' } : healthyBy(good)
}

/** In version 1 of its API the conditions are in an annotation, as JSON. */
function statusOf({ metadata, status }: Subject): Fields | undefined {
  const annotations = isFields(metadata.annotations) ? metadata.annotations : undefined
  const text = textIn(annotations, 'autoscaling.alpha.kubernetes.io/conditions')
  if (text === undefined) return status
  try {
    return { conditions: JSON.parse(text) }
  } catch {
    return status
  }
}
