import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'
import type { PodDryRun } from '../facts/pod-dry-runs.ts'

/** Pure. */
export function comparePodDryRuns(dryRuns: readonly PodDryRun[]): CheckOutcome {
  const lineOf = ({ pod, message }: PodDryRun) =>
    `${pod.namespace}/${pod.workload}: ${message.replaceAll(/\s+/g, ' ').replace(/^pods "hangar-preflight-[^"]*" is forbidden: /, '')}`
  const asked = dryRuns.filter(({ outcome }) => outcome !== 'namespace-absent')
  if (asked.length === 0) return skipped('The namespaces of the plane do not exist yet, so no pod can be asked for.')
  const refused = asked.filter(({ outcome }) => outcome === 'refused' || outcome === 'conflict').map(lineOf)
  if (refused.length > 0) {
    return {
      verdict: 'fail',
      message: `The API server refuses the pods of ${refused.length} of ${asked.length} workloads: ${summary(refused, 2)}`,
      hint: 'Change the values so that quota, limits, Pod Security or the policy in the evidence admits the pod, or ask its owner.',
      evidence: refused.join('\n'),
    }
  }
  const accepted = asked.filter(({ outcome }) => outcome === 'accepted')
  if (accepted.length === 0) {
    return {
      verdict: 'unknown',
      message: 'No pod could be asked for by a dry run.',
      hint: 'Ask the cluster administrator for "create pods" in the namespaces of the plane. The install itself does not need it.',
      evidence: asked.map(lineOf).join('\n'),
    }
  }
  return pass(`The API server admits the pods of ${accepted.length} workloads by a dry run.`)
}

export const admissionPods = defineCheck({
  id: 'admission.pods',
  title: 'Admission of pods',
  category: 'admission',
  severity: 'strict',
  needs: ['podDryRuns'],
  about:
    'Sends one pod of each workload as a dry run, which stores nothing: Pod Security, quotas, limit ranges, webhooks and policies see what the controllers will create later. Without it a Deployment is accepted and its pods are not.',
  remedy:
    'The evidence has the answer of the API server. `pod.security`, `quota.headroom` and `limits.range` compute the same from the objects, also for namespaces that do not exist yet.',
  decide: ({ podDryRuns }) => comparePodDryRuns(podDryRuns),
})
