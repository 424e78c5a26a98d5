import { type KubernetesObject, nameOf, textAt } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'

/** Certificates and tokens are refused from there on; linkerd permits the same. */
const computerLimitMs = 60_000
/** A kubelet renews its Lease every 10 s, and a node without a renewal for 40 s counts as unreachable. */
const renewalMs = 40_000

/** Pure. `nowMs`: this computer's time when `serverMs` was received. */
export function compareClocks(
  { serverMs, nowMs }: { readonly serverMs: number; readonly nowMs: number },
  leases: readonly KubernetesObject[] | undefined,
): CheckOutcome {
  const off = Math.round((nowMs - serverMs) / 1_000)
  const computer =
    Math.abs(nowMs - serverMs) > computerLimitMs
      ? [`this computer is ${Math.abs(off)} s ${off > 0 ? 'ahead of' : 'behind'} the API server`]
      : []
  const nodes = (leases ?? []).flatMap((lease) => {
    const renewedMs = Date.parse(textAt(lease, 'spec', 'renewTime') ?? '')
    const ahead = Math.round((renewedMs - serverMs) / 1_000)
    // A Lease that is old can also mean that the kubelet does not run, which `node.ready` reports.
    return renewedMs - serverMs > renewalMs ? [`${nameOf(lease)} is ${ahead} s ahead of the API server`] : []
  })
  const faults = [...computer, ...nodes]
  if (faults.length === 0) return pass(`This computer and the API server differ by ${Math.abs(off)} s.`)
  return {
    verdict: 'fail',
    message: `Clocks differ: ${summary(faults, 3)}. Certificates and tokens can be refused.`,
    hint: 'Set the time by NTP (chrony, systemd-timesyncd, w32time) on the machines that are named.',
    evidence: faults.join('\n'),
  }
}

export const clockSkew = defineCheck({
  id: 'clock.skew',
  title: 'Clocks',
  category: 'cluster',
  severity: 'warn',
  needs: ['clock', 'nodeLeases'],
  about:
    'Compares the time of this computer with the API server’s, and the API server’s with what the kubelets write into their Leases. Certificates, tokens and signatures are refused if clocks differ by minutes.',
  remedy:
    'Set the time by NTP. Nodes of AKS, EKS and GKE take it from their host; a node that differs there is broken and is best replaced. On premises, all machines need the same time server, which a firewall must permit (123/udp).',
  decide: ({ clock, nodeLeases }) =>
    clock === undefined ? skipped('The API server does not report its time.') : compareClocks(clock, nodeLeases),
})
