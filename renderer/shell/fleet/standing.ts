import type { EndpointFault, Observation, PlaneSummary, RunCounts } from '../../../preload/contract/fleet.ts'
import type { Operation } from '../../../preload/contract/operations.ts'
import type { Plane } from '../../../preload/contract/planes.ts'
import { causeLabel } from '../../connectivity/causeLabel.ts'
import { expectedComponents, isOpen, planePhase } from '../../planes/phase.ts'
import { listText, t } from '../../strings/t.ts'
import { type Expected, isOutsideOfPlane, shownComponents } from '../../workloads/health.ts'
import type { PlaneTab } from '../address.ts'
import type { Detail } from '../overview/attention.ts'
import { reasonText } from '../overview/verdict.ts'
import type { StandingKind } from './standingKind.ts'

/** One thing that a person has to know of a plane, on one line, and the place in the window that shows it. */
export interface Reason {
  readonly text: string
  readonly place: { readonly tab: PlaneTab; readonly detail?: Detail }
}

/** How a plane is, and why. */
export interface Standing {
  readonly kind: StandingKind
  /** At least one; the worst first. */
  readonly reasons: readonly [Reason, ...Reason[]]
  /** Healthy components of those that have a health; undefined: nothing is known of them. */
  readonly health: { readonly healthy: number; readonly of: number } | undefined
}

type Place = Reason['place']

const overview = { tab: 'overview' } as const satisfies Place
const standing = (kind: StandingKind, text: string, place: Place = overview): Standing => ({
  kind,
  reasons: [{ text, place }],
  health: undefined,
})

/** The operation is the newest install or uninstall of the plane. Pure. */
export function standingOf(
  plane: Plane,
  operation: Operation | undefined,
  summary: PlaneSummary | undefined,
): Standing {
  const phase = planePhase(plane, operation)
  const { observation = null } = summary ?? {}
  const connections = connectionReasons(summary)
  const problem = observation?.problem
  if (operation !== undefined && isOpen(operation)) {
    const known = observation === null ? [] : componentsOf(observation, expectedComponents(phase, operation))
    return ofOperation(operation, [...known.filter(isDown).map(ofComponent('down')), ...connections.failed])
  }
  if (phase === 'uninstalled') return standing('neutral', t('fleet.reason.uninstalled'))
  if (problem !== undefined) return ofProblem(problem, observation?.components ?? [], connections)
  if (phase === 'planned') return standing('neutral', t('fleet.reason.planned'), { tab: 'install' })
  if (observation === null) {
    const [first, ...rest] = [...connections.failed, ...connections.warned]
    if (first === undefined) return standing('neutral', t('fleet.reason.unseen'))
    return { kind: kindOf(connections.failed, connections.warned), reasons: [first, ...rest], health: undefined }
  }
  return ofComponents(componentsOf(observation, expectedComponents(phase, operation)), connections)
}

type Component = ReturnType<typeof shownComponents>[number]

const componentsOf = ({ components }: Observation, expected: Expected): readonly Component[] =>
  shownComponents(
    components.map((each) => ({ ...each, summary: '', objects: [] })),
    expected,
  )

const isDown = ({ health }: Component): boolean => health === 'degraded' || health === 'missing'

function ofComponents(components: readonly Component[], connections: ConnectionReasons): Standing {
  const health = healthOf(components)
  const unsure = components.filter(
    (each) => each.health === 'progressing' || (each.health === 'unknown' && !isOutsideOfPlane(each)),
  )
  const failed = [...components.filter(isDown).map(ofComponent('down')), ...connections.failed]
  const warned = [...unsure.map(ofComponent('notReady')), ...connections.warned]
  const healthy = { text: t('fleet.reason.healthy', { count: health?.of ?? 0 }), place: overview }
  const [first = healthy, ...rest] = [...failed, ...warned]
  return { kind: kindOf(failed, warned), reasons: [first, ...rest], health }
}

const kindOf = (failed: readonly Reason[], warned: readonly Reason[]): StandingKind =>
  failed.length > 0 ? 'failing' : warned.length > 0 ? 'warning' : 'healthy'

const ofComponent =
  (state: 'down' | 'notReady') =>
  ({ id, title, health, reason }: Component): Reason => {
    const why = health === 'missing' ? t('fleet.reason.missing') : reasonText(reason)
    return {
      text:
        why === ''
          ? t(`fleet.reason.without.${state}`, { name: title })
          : t(`fleet.reason.${state}`, { name: title, why }),
      place: { tab: 'overview', detail: { kind: 'component', id } },
    }
  }

function ofOperation({ kind, state, problem }: Operation, others: readonly Reason[]): Standing {
  const place = { tab: 'install' } as const
  if (kind === 'collect' || state === 'running')
    return standing('neutral', t(kind === 'uninstall' ? 'fleet.reason.uninstalling' : 'fleet.reason.installing'), place)
  const key = kind === 'uninstall' ? 'uninstall' : 'install'
  const text =
    state === 'failed'
      ? t(`fleet.reason.failed.${key}`, { why: problem?.message ?? '' }).trim()
      : t(`fleet.reason.interrupted.${key}`)
  return {
    kind: state === 'failed' || others.length > 0 ? 'failing' : 'warning',
    reasons: [{ text, place }, ...others],
    health: undefined,
  }
}

function ofProblem(
  { code, message }: NonNullable<NonNullable<PlaneSummary['observation']>['problem']>,
  components: readonly { readonly health: string }[],
  connections: ConnectionReasons,
): Standing {
  const health = healthOf(components)
  // Hangar waits for a decision: nothing is known of the cluster.
  if (code === 'CONSENT_NEEDED') return { ...standing('warning', t('fleet.reason.consent')), health }
  if (code === 'PROFILE_CHANGED') return { ...standing('warning', t('fleet.reason.profile')), health }
  // What this computer connects to does not need the cluster.
  return { kind: 'unreachable', reasons: [{ text: message, place: overview }, ...connections.failed], health }
}

interface ConnectionReasons {
  readonly failed: readonly Reason[]
  readonly warned: readonly Reason[]
}

/** The endpoints of the latest check that failed or have a warning: one line for each cause. */
function connectionReasons(summary: PlaneSummary | undefined): ConnectionReasons {
  const { faults, runs: [newest] = [] } = summary ?? {}
  if (faults === undefined) return ofCounts(newest)
  const of = (verdict: EndpointFault['verdict']): readonly Reason[] =>
    [
      ...Map.groupBy(
        faults.filter((fault) => fault.verdict === verdict),
        ({ cause }) => cause,
      ),
    ].map(([cause, same]) => ({
      text: t('fleet.reason.endpoints', { names: named(same), cause: causeLabel(cause) }),
      place: { tab: 'overview', detail: { kind: 'endpoint', id: same[0]?.endpoint ?? '' } },
    }))
  return { failed: of('fail'), warned: of('warn') }
}

/** Of a run whose results cannot be read, only the counts are known. */
function ofCounts(newest: RunCounts | undefined): ConnectionReasons {
  const { fail = 0, warn = 0 } = newest?.counts ?? {}
  const place = { tab: 'connectivity' } as const
  return {
    failed: fail > 0 ? [{ text: t('fleet.reason.connections', { count: fail }), place }] : [],
    warned: warn > 0 ? [{ text: t('fleet.reason.warnings', { count: warn }), place }] : [],
  }
}

function healthOf(components: readonly { readonly health: string }[]): Standing['health'] {
  // What someone scaled to 0 is neither healthy nor a fault.
  const known = components.filter(({ health }) => health !== 'unknown' && health !== 'absent' && health !== 'suspended')
  if (known.length === 0) return undefined
  return { healthy: known.filter(({ health }) => health === 'healthy').length, of: known.length }
}

/** More names make a line that nobody reads. */
const namedAtMost = 2

const named = (components: readonly { readonly title: string }[]): string =>
  components.length <= namedAtMost
    ? listText(components.map(({ title }) => title))
    : t('overview.verdict.andMore', {
        names: components
          .slice(0, namedAtMost)
          .map(({ title }) => title)
          .join(', '),
        count: components.length - namedAtMost,
      })
