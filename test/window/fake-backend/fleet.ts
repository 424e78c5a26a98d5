import { endpointFaults } from '../../../main/fleet/endpoint-faults.ts'
import type { Observation, PlaneSummary, PlaneVerdict, RunCounts } from '../../../preload/contract/fleet.ts'
import type { Plane } from '../../../preload/contract/planes.ts'
import { hints, type ProblemCode } from '../../../preload/contract/problem.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import type { Health } from '../../../preload/contract/workloads.ts'
import { ago } from './clock.ts'
import { reportOf } from './connectivity.ts'
import { paymentsId } from './planes.ts'
import { rows } from './table.ts'
import { computer, pod } from './vantages.ts'
import { planeStatus, plannedStatus } from './workloads.ts'

const hourMs = 3_600_000
const hourlyVerdicts: readonly (PlaneVerdict | null)[] = ['healthy', 'healthy', null, null, 'warning', 'healthy']

export function hours(worst: PlaneVerdict | null, shift: number): PlaneSummary['hours'] {
  const last = Date.now() - (Date.now() % hourMs)
  return Array.from({ length: 24 }, (_, index) => ({
    from: new Date(last - (23 - index) * hourMs).toISOString(),
    verdict: worst === null ? null : index > 21 ? worst : (hourlyVerdicts[(index + shift) % 6] ?? null),
  }))
}

const runsOf = (failed: number, warned: number, count: number): RunCounts[] =>
  Array.from({ length: count }, (_, index) => ({
    at: ago(700 + index * 3_600),
    counts: { pass: 10 - failed - warned, warn: warned, fail: index < 3 ? failed : 0, skipped: 0, unknown: 0 },
  }))

export const withoutObjects = (components: ReturnType<typeof planeStatus>['components']): Observation['components'] =>
  components.map(({ objects: _, summary: __, ...component }) => component)

export const countsOf = (results: readonly { readonly verdict: Verdict }[]): RunCounts['counts'] => {
  const counts = { pass: 0, warn: 0, fail: 0, skipped: 0, unknown: 0 }
  for (const { verdict } of results) counts[verdict] += 1
  return counts
}

/** Of the endpoints with these titles, as the fake checks find them. */
const faultsOf = (...titles: readonly string[]) =>
  endpointFaults(reportOf(rows, { vantages: [computer, pod] }), rows).filter(({ title }) => titles.includes(title))

const problemOf = (code: ProblemCode, message: string, evidence: string) => ({
  code,
  message,
  hint: hints[code],
  evidence,
})

/** The planes of the usual scenes. */
export const usualSummary = (plane: Plane): PlaneSummary =>
  plane.id === paymentsId || plane.installedAt === undefined
    ? {
        planeId: plane.id,
        observation: { asOf: ago(3), components: withoutObjects(plannedStatus().components), version: 'v1.35.4' },
        observedAt: ago(3),
        checking: false,
        runs: [],
        hours: hours(null, 0),
      }
    : {
        planeId: plane.id,
        observation: { asOf: ago(3), components: withoutObjects(planeStatus().components), version: 'v1.36.2' },
        observedAt: ago(3),
        checking: false,
        runs: runsOf(3, 2, 12),
        faults: endpointFaults(reportOf(rows, { vantages: [computer, pod] }), rows),
        hours: hours('failing', 1),
      }

const regions = ['westeurope', 'northeurope', 'eastus', 'southeastasia'] as const
const teams = ['payments', 'orders', 'claims', 'ledger', 'catalogue', 'shipping', 'identity'] as const
const profiles = ['demo', 'devant', 'openchoreo'] as const

/** What is generated for a plane of the scene `fleet`, by its place in the list. */
function kindOf(index: number) {
  if (index % 19 === 5) return 'planned'
  if (index % 17 === 3) return 'unseen'
  if (index % 23 === 7) return 'slow'
  if (index % 13 === 4) return 'unreachable'
  if (index % 29 === 9) return 'expired'
  if (index % 11 === 2) return 'degraded'
  if (index % 14 === 6) return 'connections'
  if (index % 9 === 8) return 'starting'
  return 'healthy'
}

export const fleetPlanes: readonly Plane[] = Array.from({ length: 100 }, (_, index) => {
  const team = teams[index % teams.length] ?? 'payments'
  const region = regions[index % regions.length] ?? 'westeurope'
  return {
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    name: `${team}-${region}-${String(index).padStart(2, '0')}`,
    profile: profiles[index % profiles.length] ?? 'demo',
    contextId: `team-${index % 40}`,
    contextName: `arn-aws-eks-eu-central-1-111122223333-cluster-${team}-${index}`,
    managementModel: 'self',
    settings: { region },
    overridden: [],
    createdAt: ago(9_000_000),
    ...(kindOf(index) === 'planned' ? {} : { installedAt: ago(8_000_000) }),
    labels: { region, team },
    ...(index === 40 || index === 71 ? { pinned: true } : {}),
  }
})

export function fleetSummary(plane: Plane): PlaneSummary {
  const index = fleetPlanes.findIndex(({ id }) => id === plane.id)
  const kind = kindOf(index)
  const health: Health = kind === 'degraded' ? 'degraded' : 'healthy'
  const components = withoutObjects(planeStatus({ agent: health }).components)
    .filter(({ id }) => id !== 'certificates')
    .map((each): Observation['components'][number] =>
      each.id === 'observability' && kind !== 'starting'
        ? { ...each, health: 'healthy', reason: '2 of 2 ready' }
        : each,
    )
  const base = {
    planeId: plane.id,
    observedAt: ago(60 + index),
    checking: kind === 'slow',
    runs: runsOf(kind === 'connections' ? 2 : 0, index % 3 === 0 ? 1 : 0, 4 + (index % 16)),
    faults: [
      ...(kind === 'connections' ? faultsOf('Control plane', 'Event hub') : []),
      ...(index % 3 === 0 ? faultsOf("Let's Encrypt") : []),
    ],
    hours: hours(kind === 'degraded' || kind === 'connections' ? 'failing' : 'healthy', index),
  }
  const seen = { asOf: ago(60 + index), components, version: `v1.${34 + (index % 3)}.2` }
  switch (kind) {
    case 'unseen':
    case 'slow':
      return { ...base, observation: null, observedAt: null, runs: [], faults: undefined, hours: hours(null, 0) }
    case 'planned':
      return {
        ...base,
        observation: { ...seen, components: withoutObjects(plannedStatus().components) },
        runs: [],
        faults: undefined,
        hours: hours(null, 0),
      }
    case 'unreachable':
      return {
        ...base,
        hours: hours('unreachable', index),
        observation: {
          ...seen,
          asOf: ago(7_400),
          problem: problemOf(
            'CLUSTER_UNREACHABLE',
            `The API server of ${plane.contextName} did not respond within 5 s.`,
            'connect ETIMEDOUT 10.20.0.4:6443',
          ),
        },
      }
    case 'expired':
      return {
        ...base,
        hours: hours('unreachable', index),
        observation: {
          ...seen,
          asOf: ago(90_000),
          problem: problemOf(
            'CLUSTER_UNAUTHORIZED',
            `The client certificate of ${plane.contextName} expired.`,
            'HTTP 401',
          ),
        },
      }
    default:
      return { ...base, observation: seen }
  }
}
