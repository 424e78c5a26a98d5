import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'
import type { Lookup } from '../facts/deep.ts'

/** Pure. */
export function compareLookups(lookups: readonly Lookup[], why: string): CheckOutcome {
  if (lookups.length === 0) {
    return {
      verdict: 'unknown',
      message: `The pod gave no answer: ${why}.`,
      hint: 'Check the profile’s probeImage: it must contain Node.js.',
    }
  }
  const lines = lookups.map(({ name, address, error }) => `${name}: ${address || error}`)
  const failed = lookups.filter(({ address }) => address === '')
  if (failed.length === 0) return pass(`A pod resolves ${summary(lookups.map(({ name }) => name))}.`, lines.join('\n'))
  return {
    verdict: 'fail',
    message: `A pod does not resolve ${summary(failed.map(({ name, error }) => `${name} (${error})`))}.`,
    hint: 'Read the log of CoreDNS, and check that network policies permit port 53 to kube-system.',
    evidence: lines.join('\n'),
  }
}

export const dnsResolve = defineCheck({
  id: 'dns.resolve',
  title: 'Name resolution in a pod',
  category: 'network',
  severity: 'warn',
  tier: 'deep',
  needs: ['lookups'],
  about:
    'Creates a Job with the image `probeImage` of the profile, which resolves the name of the API server in the cluster (`kubernetes.default.svc`). The Job is removed at once; if Hangar is killed, the cluster removes it within three minutes. Destinations outside are the subject of the connectivity check from a pod.',
  remedy:
    '`ENOTFOUND` and `EAI_AGAIN` mean that the pod’s DNS server does not know the name or does not answer. Check the pods of CoreDNS, the NetworkPolicies of the namespace (port 53, UDP and TCP), and the `resolv.conf` of a pod.',
  decide: ({ lookups }) =>
    lookups === undefined
      ? skipped('The profile names no image for probes (probeImage).')
      : compareLookups(lookups.lookups, lookups.why),
})
