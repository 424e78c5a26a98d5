import { type Cause, causes, hintOf } from '../../../main/connectivity/probe/causes.ts'
import { endpointFaults } from '../../../main/fleet/endpoint-faults.ts'
import type { ConnectivityReport } from '../../../preload/contract/connectivity.ts'
import type { PlaneSummary } from '../../../preload/contract/fleet.ts'
import type { LogStatus } from '../../../preload/contract/logs.ts'
import type { Operation } from '../../../preload/contract/operations.ts'
import type { Plane } from '../../../preload/contract/planes.ts'
import { hints, type ProblemReport } from '../../../preload/contract/problem.ts'
import type { ComponentStatus, PlaneStatus } from '../../../preload/contract/workloads.ts'
import { ago } from './clock.ts'
import { type FailedCell, reportOf } from './connectivity.ts'
import { countsOf, hours, withoutObjects } from './fleet.ts'
import { logStatus } from './logs.ts'
import { installOf } from './operations.ts'
import { rows } from './table.ts'
import { computer, pod } from './vantages.ts'
import { planeStatus } from './workloads.ts'

/**
 * Five planes with three faults each (`?scene=five-planes`): what a new user has to find on Home and the Overview alone. Reasons
 * are written as the core writes them.
 */
interface FaultyPlane {
  readonly name: string
  readonly region: string
  readonly components: Readonly<Record<string, Pick<ComponentStatus, 'health' | 'reason'>>>
  readonly failed: Readonly<Record<string, FailedCell>>
  /** Why the cluster cannot be read. */
  readonly problem?: ProblemReport
  /** The state of its newest installation. */
  readonly installation?: Operation['state']
  /** Log sources that may not be read. */
  readonly refusedSource?: string
}

const cell = (cause: Cause, vantage: FailedCell['vantage'], evidence: string): FailedCell => ({
  cause,
  vantage,
  evidence,
  hint: hintOf(cause),
  stage: causes[cause].stage,
})

const degraded = (reason: string) => ({ health: 'degraded' as const, reason })
const inTwoDays = ago(-2 * 86_400).replace(/\.\d+/, '')

const faultyPlanes: readonly FaultyPlane[] = [
  {
    name: 'payments-eu',
    region: 'westeurope',
    components: {
      agent: degraded('Pod agent-7d9f8c6b5-ax2kq: CrashLoopBackOff: agent exited with code 1, 6 restarts'),
      certificates: degraded(`Certificate gateway-tls: Its renewal is overdue for over 1 h; valid until ${inTwoDays}`),
    },
    failed: { 'event-hub': cell('tcp.timeout', pod, '20.50.2.17:5671 did not answer within 5 s') },
  },
  {
    name: 'orders-us',
    region: 'eastus',
    components: {
      observability: degraded(
        'PersistentVolumeClaim logs-observability-0: Not bound for over 2 h: Waiting for a volume; it names no storage class',
      ),
    },
    failed: {
      'control-plane': cell('tls.intercepted', computer, 'the certificate is issued by "Corp Proxy Root CA 2019"'),
    },
    refusedSource: 'gateway',
  },
  {
    name: 'claims-ap',
    region: 'southeastasia',
    components: {},
    failed: {
      registry: cell('tls.expired', computer, 'the certificate of registry.vendor.example expired on 2026-11-20'),
      charts: cell('dns.nxdomain', computer, 'the DNS server 10.0.0.2 does not know charts.vendor.example'),
    },
    problem: {
      code: 'CLUSTER_UNTRUSTED',
      message: 'The certificate of the API server of aks-claims-ap is not trusted.',
      hint: hints.CLUSTER_UNTRUSTED,
      evidence: 'self-signed certificate in certificate chain',
    },
  },
  {
    name: 'ledger-eu',
    region: 'northeurope',
    components: {
      gateway: degraded('HelmRelease gateway: InstallFailed: Helm install failed: values do not meet the schema'),
    },
    failed: { 'service-bus': cell('tcp.refused', pod, '20.50.2.17:5671 refused the connection') },
    installation: 'failed',
  },
  {
    name: 'shipping-eu',
    region: 'westeurope',
    components: {
      gateway: degraded(
        'Pod gateway-7d9f8c6b5-bx2kq: Being deleted for over 10 min; node worker-3 has not confirmed its end and may be lost',
      ),
      flux: { health: 'suspended', reason: 'HelmRelease gateway: Suspended' },
    },
    failed: { acme: cell('proxy.denied', pod, 'the proxy answered 403 to CONNECT acme.vendor.example:443') },
  },
]

const idOf = (index: number): string => `70000000-0000-4000-8000-00000000000${index}`

const planeOf = ({ name, region, installation }: FaultyPlane, index: number): Plane => ({
  id: idOf(index),
  name,
  profile: 'demo',
  contextId: 'kind',
  contextName: `aks-${name}`,
  managementModel: 'self',
  settings: { controlPlane: { host: 'cp.vendor.example', port: 443 }, region },
  overridden: [],
  createdAt: ago(90_000),
  ...(installation === undefined ? { installedAt: ago(86_000) } : {}),
  labels: { region },
})

function statusOf({ components, problem }: FaultyPlane): PlaneStatus {
  const all = planeStatus({ agent: 'healthy' })
  const states = all.components.map((each): ComponentStatus => {
    const own = components[each.id]
    if (own !== undefined) return { ...each, ...own, since: ago(4_300) }
    // Here only the faults of the plane are wrong.
    return each.providedBy === 'cluster' ? each : { ...each, health: 'healthy', reason: '1 of 1 ready' }
  })
  const objects = all.objects.map((object) => {
    const own = components[object.component ?? '']
    return own?.health === 'degraded'
      ? { ...object, ...own, reason: own.reason.replace(/^\w+ [\w.-]+: /, ''), ready: 0 }
      : { ...object, health: 'healthy' as const, reason: 'Running', ready: object.total ?? 1 }
  })
  const connection = problem === undefined ? all.connection : { state: 'stale' as const, since: ago(1_250), problem }
  return { ...all, asOf: problem === undefined ? ago(1) : ago(1_260), connection, components: states, objects }
}

export interface FaultyBackend {
  readonly planes: readonly Plane[]
  readonly operations: readonly Operation[]
  status(planeId: string): PlaneStatus
  report(planeId: string): ConnectivityReport
  summary(plane: Plane): PlaneSummary
  logs(planeId: string): LogStatus
}

const reportOfPlane = ({ failed }: FaultyPlane): ConnectivityReport =>
  reportOf(rows, { vantages: [computer, pod], startedAt: ago(540), failed })

export function faultyBackend(): FaultyBackend {
  const planes = faultyPlanes.map(planeOf)
  const of = (planeId: string): FaultyPlane => {
    const found = faultyPlanes[planes.findIndex(({ id }) => id === planeId)]
    if (found === undefined) throw new Error(`There is no plane ${planeId}.`)
    return found
  }
  return {
    planes,
    operations: faultyPlanes.flatMap(({ installation }, index) =>
      installation === undefined
        ? []
        : [installOf(idOf(index), '70000000-0000-4000-9000-000000000000', 5, installation)],
    ),
    status: (planeId) => statusOf(of(planeId)),
    report: (planeId) => reportOfPlane(of(planeId)),
    summary(plane) {
      const own = of(plane.id)
      const { components } = statusOf(own)
      const report = reportOfPlane(own)
      return {
        planeId: plane.id,
        observation: {
          asOf: ago(own.problem === undefined ? 3 : 1_260),
          components: withoutObjects(components),
          version: 'v1.36.2',
          ...(own.problem === undefined ? {} : { problem: own.problem }),
        },
        observedAt: ago(3),
        checking: false,
        runs: [{ at: ago(540), counts: countsOf(report.results) }],
        faults: endpointFaults(report, rows),
        hours: hours(own.problem === undefined ? 'failing' : 'unreachable', 1),
      }
    },
    logs: (planeId) => {
      const { refusedSource } = of(planeId)
      return {
        ...logStatus,
        sources: logStatus.sources.map((source) =>
          source.id === refusedSource
            ? source
            : {
                ...source,
                collection: source.collection && { ...source.collection, state: 'following', problem: undefined },
              },
        ),
      }
    },
  }
}
