import type { CauseEntry } from './entry.ts'

const vantage = { verdict: 'unknown', stage: 'config', foundBy: 'cluster' } as const

/** Why a vantage in the cluster came to nothing, or to little. None of them says anything about a destination. */
export const vantagesCauses = {
  'rbac.denied': {
    ...vantage,
    fixedBy: 'cluster team',
    meaning: 'This user may not start the probe in the cluster, or may not follow it.',
    toldApart:
      'The API server denied it to this user, by name of the permission. A quota (vantage.quota) and a rule for pods (vantage.admission) hold for everybody.',
    hint: 'Hand the manifest of the vantage to someone who may create it, or ask for the permissions that are named.',
  },
  'vantage.quota': {
    ...vantage,
    fixedBy: 'cluster team',
    meaning: 'The quota of the namespace leaves no room for the probe.',
    toldApart: 'The API server refused the pod with the name of a quota or a limit range.',
    hint: 'Choose another namespace, or ask for room for one pod of 50m CPU and 96Mi of memory, for two minutes.',
  },
  'vantage.admission': {
    ...vantage,
    fixedBy: 'cluster team',
    meaning: 'A rule of the cluster for pods does not let the probe in: Pod Security, a webhook, a policy.',
    toldApart:
      'The API server refused the object itself, not the user (rbac.denied) and not for its size (vantage.quota).',
    hint: 'Choose a namespace that admits such pods (for a node: one that admits host networking), or hand the manifest to whoever keeps the rule.',
  },
  'vantage.image': {
    ...vantage,
    fixedBy: 'you',
    meaning: 'The image of the probe cannot be fetched by the node, or has no Node in it.',
    toldApart: 'The pod was created and given to a node; the node said this of the image.',
    hint: 'Enter an image with Node that this cluster can fetch, from its own registry (setting of the profile, or --probe-image).',
  },
  'vantage.unschedulable': {
    ...vantage,
    fixedBy: 'cluster team',
    meaning: 'No node takes the probe.',
    toldApart: 'The pod exists, and the scheduler says why no node fits; vantage.quota refuses before that.',
    hint: 'Read what the scheduler says; free some room, or choose another vantage.',
  },
  'vantage.timeout': {
    ...vantage,
    fixedBy: 'you',
    meaning: 'The probe did not begin, or did not end, in its time.',
    toldApart: 'The cluster answers and refused nothing; what it waited on last is in the evidence.',
    hint: 'Check again. If it stays, look at the pod in the namespace: its events say what keeps it.',
  },
  'vantage.unreachable': {
    ...vantage,
    fixedBy: 'you',
    meaning: 'The cluster does not answer, or not to this user, so nothing could be started in it.',
    toldApart:
      'No answer of an API server came, or that it is overloaded, or does not know who asks (401); a denial (rbac.denied) knows.',
    hint: 'Check the context of the plane, sign in again if the evidence says so, and look at VPN and proxy between this computer and the API server.',
  },
  'vantage.absent': {
    ...vantage,
    fixedBy: 'you',
    meaning: 'What the vantage is named after is not in the cluster: its namespace, node, service account or workload.',
    toldApart: 'The API server says that there is no such object.',
    hint: 'Install the plane first, or choose another vantage.',
  },
  'vantage.limited': {
    ...vantage,
    fixedBy: 'you',
    meaning:
      'The check from this vantage could prove only a part: it had no probe of its own, or not all that the component’s pods have.',
    toldApart: 'What it could try did not fail; a stage that failed has its own cause.',
    hint: 'Read what was tried in the evidence. For a proof, make the probe possible as the outcome of the vantage says.',
  },
  'vantage.failed': {
    ...vantage,
    fixedBy: 'nobody',
    meaning: 'The probe was started and ended without an answer for this row.',
    toldApart: 'Its pod began and ended; vantage.timeout is one that goes on.',
    hint: 'Check again. If it stays, report it with the evidence.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>
