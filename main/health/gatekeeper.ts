import { listIn, textIn } from './fields.ts'
import type { Rule } from './object.ts'

/**
 * Constraints and their templates, for each pod of Gatekeeper: https://open-policy-agent.github.io/gatekeeper/website/docs/debug/.
 * Violations are about other objects.
 */
export const gatekeeper: Rule = ({ metadata, status }) => {
  const pods = listIn(status, 'byPod')
  const [error] = pods.flatMap((pod) => listIn(pod, 'errors'))
  if (error !== undefined) {
    const parts = [textIn(error, 'code'), textIn(error, 'message')].filter((part) => part !== undefined)
    return { health: 'degraded', reason: parts.join(': ') || 'A pod of Gatekeeper reports an error' }
  }
  return pods.length === 0
    ? undefined
    : { health: 'healthy', reason: `In force in ${pods.length} pods of Gatekeeper`, since: metadata.creationTimestamp }
}
