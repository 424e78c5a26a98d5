import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'
import type { NamespaceState } from '../facts/facts.ts'
import { levelOf, podSecurityViolations } from '../rules/pod-security.ts'
import type { RenderedPod } from '../rules/pods.ts'
import { podsOf } from '../rules/pods.ts'

/** Pure. */
export function comparePodSecurity(
  pods: readonly RenderedPod[],
  namespaces: ReadonlyMap<string, NamespaceState>,
): CheckOutcome {
  if (pods.length === 0) return skipped('The charts contain no pods.')
  const violations = (mode: 'enforce' | 'warn'): string[] =>
    pods.flatMap((pod) => {
      const namespace = namespaces.get(pod.namespace)
      if (namespace === undefined || typeof namespace === 'string') return []
      const level = levelOf(namespace, mode)
      const found = podSecurityViolations(pod.spec, level)
      return found.length === 0 ? [] : [`${pod.namespace}/${pod.workload}, ${level}: ${found.join(', ')}`]
    })
  const refused = violations('enforce')
  const hint =
    'Set the label pod-security.kubernetes.io/enforce of the namespace to the level that the pods need, use another namespace, or set a stricter securityContext in the values.'
  if (refused.length > 0) {
    const message = `Pod Security refuses ${refused.length} of ${pods.length} workloads: ${summary(refused, 2)}.`
    return { verdict: 'fail', message, hint, evidence: refused.join('\n') }
  }
  const unreadable = [...namespaces].filter(([, state]) => state === 'unreadable').map(([name]) => name)
  if (unreadable.length > 0) {
    return {
      verdict: 'unknown',
      message: `The labels of ${summary(unreadable)} cannot be read.`,
      hint: 'Ask the cluster administrator for "get namespaces", or which Pod Security level they have.',
    }
  }
  const warned = violations('warn')
  if (warned.length > 0) {
    const message = `Pod Security warns of ${warned.length} workloads, and admits them: ${summary(warned, 2)}.`
    return { verdict: 'warn', message, hint, evidence: warned.join('\n') }
  }
  return pass('The Pod Security levels of the namespaces admit all pods.')
}

export const podSecurity = defineCheck({
  id: 'pod.security',
  title: 'Pod Security',
  category: 'admission',
  severity: 'strict',
  needs: ['placed', 'namespaces'],
  about:
    'Compares each rendered pod with the level that the labels `pod-security.kubernetes.io/enforce` and `warn` of its namespace name, by the Pod Security Standards. A refused pod is never created: its Deployment reports `FailedCreate`, and helm waits until its time-out.',
  remedy:
    'Network plugins, log collectors and CSI drivers need `privileged`; most other charts can run as `restricted` with values for `securityContext`. The label belongs to the owner of the namespace. OpenShift has SecurityContextConstraints instead. AKS with Azure Policy and GKE with Policy Controller can refuse pods beyond these labels; `admission.dry-run` reports that.',
  decide: ({ placed, namespaces }) => comparePodSecurity(podsOf(placed), namespaces),
})
