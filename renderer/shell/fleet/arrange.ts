import type { Context } from '../../../preload/contract/clusters.ts'
import type { PlaneSummary } from '../../../preload/contract/fleet.ts'
import type { Plane } from '../../../preload/contract/planes.ts'
import type { Grouping } from './shown.ts'
import type { Standing } from './standing.ts'
import { type StandingKind, standingKinds } from './standingKind.ts'

/** A plane as Home and the sidebar list it. */
export interface FleetPlane {
  readonly plane: Plane
  readonly standing: Standing
  readonly summary: PlaneSummary | undefined
}

/** A setting named "region" is a region without a label, too. */
const regionOf = ({ labels, settings }: Pick<Plane, 'labels' | 'settings'>): string => {
  const { region } = { ...settings, ...labels }
  return typeof region === 'string' ? region : ''
}

export interface Wanted {
  /** Words that must all occur in the name, the context, the profile, the reason or a label. */
  readonly text: string
  readonly kind: StandingKind | undefined
  readonly grouping: Grouping
}

const urgency = (kind: StandingKind): number => standingKinds.indexOf(kind)

/** The worst first, pinned planes before others of the same standing, then by name. */
export const byUrgency = (one: FleetPlane, other: FleetPlane): number =>
  urgency(one.standing.kind) - urgency(other.standing.kind) ||
  Number(other.plane.pinned ?? false) - Number(one.plane.pinned ?? false) ||
  one.plane.name.localeCompare(other.plane.name)

export function countsOf(planes: readonly FleetPlane[]): Readonly<Record<StandingKind, number>> {
  const counts = { failing: 0, unreachable: 0, warning: 0, healthy: 0, neutral: 0 }
  for (const { standing } of planes) counts[standing.kind] += 1
  return counts
}

export function matching(planes: readonly FleetPlane[], text: string): readonly FleetPlane[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return planes
  return planes.filter(({ plane, standing }) => {
    const labels = Object.entries(plane.labels ?? {}).map(([key, value]) => `${key}=${value}`)
    const reasons = standing.reasons.map((reason) => reason.text)
    const all = [plane.name, plane.contextName, plane.profile, regionOf(plane), ...reasons, ...labels]
      .join('\n')
      .toLowerCase()
    return words.every((word) => all.includes(word))
  })
}

function groupOf(plane: Plane, grouping: Grouping): string {
  if (grouping === 'none') return ''
  if (grouping === 'profile') return plane.profile
  return grouping === 'region' ? regionOf(plane) : (plane.labels?.[grouping.slice('label:'.length)] ?? '')
}

export interface FleetGroup {
  /** Empty: the planes without that value, or all of them where nothing is grouped. */
  readonly name: string
  readonly planes: readonly FleetPlane[]
}

/** Groups by name, those without a value last; the planes of a group with the worst first. Pure. */
export function arrange(planes: readonly FleetPlane[], { text, kind, grouping }: Wanted): readonly FleetGroup[] {
  const shown = matching(planes, text).filter(({ standing }) => kind === undefined || standing.kind === kind)
  return [...Map.groupBy(shown, ({ plane }) => groupOf(plane, grouping))]
    .map(([name, members]) => ({ name, planes: members.toSorted(byUrgency) }))
    .toSorted((one, other) => Number(one.name === '') - Number(other.name === '') || one.name.localeCompare(other.name))
}

/** The labels that at least one plane has, by name. */
export const labelKeys = (planes: readonly FleetPlane[]): readonly string[] =>
  [...new Set(planes.flatMap(({ plane }) => Object.keys(plane.labels ?? {})))].toSorted()

/** For the sidebar: pinned planes, then those that were opened last, then by name. Pure. */
export function forSidebar(planes: readonly FleetPlane[], recent: readonly string[]): readonly FleetPlane[] {
  const rank = ({ plane }: FleetPlane): number => {
    const at = recent.indexOf(plane.id)
    return (plane.pinned === true ? 0 : 1_000) + (at < 0 ? recent.length : at)
  }
  return planes.toSorted((one, other) => rank(one) - rank(other) || one.plane.name.localeCompare(other.plane.name))
}

/** What was seen earlier is read again when Home opens. */
const seenRecentlyMs = 10 * 60_000

/**
 * The planes to read when Home opens. A program or a sign-in page is started only when the user asks for it: it can open a
 * browser, for each of a hundred planes. Pure.
 */
export function readAtOpening(
  planes: readonly FleetPlane[],
  contexts: readonly Pick<Context, 'id' | 'authentication' | 'consent' | 'problem'>[],
  nowMs: number,
): readonly string[] {
  const silent = new Set(
    contexts
      .filter(({ authentication, consent, problem }) => {
        const isSilent = authentication !== 'exec' && authentication !== 'oidc' && authentication !== 'unknown'
        return isSilent && problem === undefined && consent?.given !== false
      })
      .map(({ id }) => id),
  )
  return planes
    .filter(({ plane, summary }) => {
      const at = summary?.observedAt ?? null
      return silent.has(plane.contextId) && (at === null || nowMs - Date.parse(at) > seenRecentlyMs)
    })
    .map(({ plane }) => plane.id)
}
