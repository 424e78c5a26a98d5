import type { PlaneSummary, RunCounts } from '../../../preload/contract/fleet.ts'
import type { Operation } from '../../../preload/contract/operations.ts'
import type { Plane } from '../../../preload/contract/planes.ts'
import { expectedComponents, isOpen, planePhase } from '../../planes/phase.ts'
import { listText, t } from '../../strings/t.ts'
import { isOutsideOfPlane, shownComponents } from '../../workloads/health.ts'
import type { PlaneTab } from '../address.ts'
import type { Detail } from '../overview/attention.ts'
import { reasonText } from '../overview/verdict.ts'
import type { StandingKind } from './standingKind.ts'

/** How a plane is, why, and the place in the window that shows it. */
export interface Standing {
  readonly kind: StandingKind
  /** One sentence or phrase. */
  readonly reason: string
  readonly place: { readonly tab: PlaneTab; readonly detail?: Detail }
  /** Healthy components of those that have a health; undefined: nothing is known of them. */
  readonly health: { readonly healthy: number; readonly of: number } | undefined
}

const overview = { tab: 'overview' } as const satisfies Standing['place']
const neutral = (reason: string, place: Standing['place'] = overview): Standing => ({
  kind: 'neutral',
  reason,
  place,
  health: undefined,
})

/** The operation is the newest install or uninstall of the plane. Pure. */
export function standingOf(
  plane: Plane,
  operation: Operation | undefined,
  summary: PlaneSummary | undefined,
): Standing {
  const phase = planePhase(plane, operation)
  const { observation = null, runs = [] } = summary ?? {}
  if (operation !== undefined && isOpen(operation)) return ofOperation(operation)
  const problem = observation?.problem
  if (phase === 'uninstalled') return neutral(t('fleet.reason.uninstalled'))
  if (problem !== undefined) return ofProblem(problem, observation?.components ?? [])
  if (phase === 'planned') return neutral(t('fleet.reason.planned'), { tab: 'install' })
  if (observation === null) return ofRuns(runs) ?? neutral(t('fleet.reason.unseen'))

  const components = shownComponents(
    observation.components.map((each) => ({ ...each, summary: '', objects: [] })),
    expectedComponents(phase, operation),
  )
  const health = healthOf(components)
  const down = components.filter((each) => each.health === 'degraded' || each.health === 'missing')
  const [first] = down
  if (first !== undefined)
    return {
      kind: 'failing',
      reason:
        down.length > 1
          ? t('fleet.reason.severalDown', { names: named(down) })
          : t('fleet.reason.down', {
              name: first.title,
              why: first.health === 'missing' ? t('fleet.reason.missing') : reasonText(first.reason),
            }),
      place: { tab: 'overview', detail: { kind: 'component', id: first.id } },
      health,
    }
  const connections = ofRuns(runs)
  if (connections?.kind === 'failing') return { ...connections, health }
  const unsure = components.filter(
    (each) => each.health === 'progressing' || (each.health === 'unknown' && !isOutsideOfPlane(each)),
  )
  if (unsure.length > 0)
    return {
      kind: 'warning',
      reason: t('fleet.reason.notReady', { names: named(unsure), count: unsure.length }),
      place: overview,
      health,
    }
  if (connections !== undefined) return { ...connections, health }
  return { kind: 'healthy', reason: t('fleet.reason.healthy', { count: health?.of ?? 0 }), place: overview, health }
}

function ofOperation({ kind, state, problem }: Operation): Standing {
  const place = { tab: 'install' } as const
  if (kind === 'collect' || state === 'running')
    return neutral(t(kind === 'uninstall' ? 'fleet.reason.uninstalling' : 'fleet.reason.installing'), place)
  const key = kind === 'uninstall' ? 'uninstall' : 'install'
  if (state === 'failed')
    return {
      kind: 'failing',
      reason: t(`fleet.reason.failed.${key}`, { why: problem?.message ?? '' }).trim(),
      place,
      health: undefined,
    }
  return { kind: 'warning', reason: t(`fleet.reason.interrupted.${key}`), place, health: undefined }
}

function ofProblem(
  { code, message }: NonNullable<NonNullable<PlaneSummary['observation']>['problem']>,
  components: readonly { readonly health: string }[],
): Standing {
  const health = healthOf(components)
  // Hangar waits for a decision: nothing is known of the cluster.
  if (code === 'CONSENT_NEEDED') return { kind: 'warning', reason: t('fleet.reason.consent'), place: overview, health }
  if (code === 'PROFILE_CHANGED') return { kind: 'warning', reason: t('fleet.reason.profile'), place: overview, health }
  return { kind: 'unreachable', reason: message, place: overview, health }
}

/** What the newest check of connections found; undefined: nothing that a person has to see. */
function ofRuns([newest]: readonly RunCounts[]): Standing | undefined {
  const { fail = 0, warn = 0 } = newest?.counts ?? {}
  const place = { tab: 'connectivity' } as const
  if (fail > 0)
    return { kind: 'failing', reason: t('fleet.reason.connections', { count: fail }), place, health: undefined }
  if (warn > 0)
    return { kind: 'warning', reason: t('fleet.reason.warnings', { count: warn }), place, health: undefined }
  return undefined
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
