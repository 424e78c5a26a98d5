import type { CauseEntry } from './entry.ts'

const vantage = { verdict: 'unknown', stage: 'config', foundBy: 'cluster' } as const

/** Why a vantage in the cluster produced no result, or only a partial one. None of them describes a destination. */
export const vantagesCauses = {
  'rbac.denied': {
    ...vantage,
    owner: 'the cluster administrator',
    meaning: 'You are not permitted to start the probe in the cluster, or to follow it.',
    distinguishedBy:
      'The API server named the missing permission. A quota (vantage.quota) and an admission policy (vantage.admission) apply to every user.',
    hint: 'Give the manifest of the vantage to a cluster administrator to apply, or ask for the permissions in the evidence.',
  },
  'vantage.quota': {
    ...vantage,
    owner: 'the cluster administrator',
    meaning: 'The quota of the namespace does not allow the probe.',
    distinguishedBy: 'The API server rejected the pod with the name of a resource quota or a limit range.',
    hint: 'Choose another namespace, or ask for quota for one pod of 50m CPU and 96Mi of memory, for two minutes.',
  },
  'vantage.admission': {
    ...vantage,
    owner: 'the cluster administrator',
    meaning: 'An admission policy of the cluster rejects the probe: Pod Security, a webhook, or a policy engine.',
    distinguishedBy:
      'The API server rejected the object itself, not the user (rbac.denied) and not its size (vantage.quota).',
    hint: 'Choose a namespace that admits such pods (for a node: one that admits host networking), or give the manifest to the owner of the policy.',
  },
  'vantage.image': {
    ...vantage,
    owner: 'you',
    meaning: 'The node cannot pull the image of the probe, or the image does not contain Node.js.',
    distinguishedBy: 'The pod was scheduled, and the node reported this about the image.',
    hint: 'Enter an image with Node.js that this cluster can pull, from its own registry (setting of the profile, or --probe-image).',
  },
  'vantage.unschedulable': {
    ...vantage,
    owner: 'the cluster administrator',
    meaning: 'The probe cannot be scheduled on any node.',
    distinguishedBy:
      'The pod exists, and the scheduler reports why no node fits. vantage.quota is reported before that.',
    hint: 'Read the scheduler’s message. Free resources on a node, or choose another vantage.',
  },
  'vantage.timeout': {
    ...vantage,
    owner: 'you',
    meaning: 'The probe did not start, or did not finish, in time.',
    distinguishedBy: 'The cluster answers and rejected nothing. The evidence names what the probe waited for last.',
    hint: 'Check again. If it persists, inspect the pod’s events in the namespace.',
  },
  'vantage.unreachable': {
    ...vantage,
    owner: 'you',
    meaning: 'The cluster is unreachable, or rejects your credentials, so nothing could be started in it.',
    distinguishedBy:
      'The API server did not answer, is overloaded, or does not recognise the user (401). A missing permission is rbac.denied.',
    hint: 'Check the context of the plane, and sign in again if the evidence asks for it. Check VPN and proxy between this computer and the API server.',
  },
  'vantage.absent': {
    ...vantage,
    owner: 'you',
    meaning: 'The namespace, node, service account or workload of the vantage does not exist in the cluster.',
    distinguishedBy: 'The API server reports that the object was not found.',
    hint: 'Install the plane first, or choose another vantage.',
  },
  'vantage.locked': {
    ...vantage,
    foundBy: 'vault',
    owner: 'you',
    meaning:
      'The endpoint needs a stored certificate or credential, and the vault was locked. Other endpoints were checked.',
    distinguishedBy: 'Nothing is known about the destination. The vault was locked before or during the check.',
    hint: 'Unlock the vault and check again.',
  },
  'vantage.limited': {
    ...vantage,
    owner: 'you',
    meaning:
      'Partially verified: the check from this vantage ran without its own probe pod, or without a setting of the component’s pods.',
    distinguishedBy: 'No stage that could be checked failed. A stage that failed has its own cause.',
    hint: 'The evidence lists what was checked. For a full check, fix what the outcome of the vantage describes, or check from a running pod of the component (--from existing-pod:NAMESPACE/POD).',
  },
  'vantage.failed': {
    ...vantage,
    owner: 'none',
    meaning: 'The probe was started and ended without a result for this endpoint.',
    distinguishedBy: 'Its pod started and ended. A probe that is still running is vantage.timeout.',
    hint: 'Check again. If it persists, report it with the evidence.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>
