import { outcomeOfHealth } from '../../preload/activity-entries.ts'
import type { RecordedEntry } from '../../preload/contract/activity.ts'
import type { Observation } from '../../preload/contract/fleet.ts'

type OfKind<Kind> = Extract<RecordedEntry, { kind: Kind }>
/** Without what every entry has. */
type Described<Kind> = Omit<OfKind<Kind>, 'id' | 'at' | 'planeId'>
export type ObservedChange = Described<'health'> | Described<'cluster'>

/** Neither says anything of the cluster: the user has to decide something first. */
const undecided = new Set(['CONSENT_NEEDED', 'PROFILE_CHANGED'])

/**
 * What changed between two observations of a plane: whether its cluster responds, and the health of components. A cluster that
 * does not respond says nothing of its components, and neither does one that was not read before. Pure.
 */
export function changesBetween(before: Observation | undefined, after: Observation): readonly ObservedChange[] {
  if (before === undefined || undecided.has(after.problem?.code ?? '')) return []
  if (after.problem !== undefined) {
    if (before.problem !== undefined && !undecided.has(before.problem.code)) return []
    const { code, message } = after.problem
    return [
      { kind: 'cluster', outcome: 'failed', reachable: false, code: code.slice(0, 100), message: cut(message, 300) },
    ]
  }
  const recovered: ObservedChange[] =
    before.problem === undefined || undecided.has(before.problem.code)
      ? []
      : [{ kind: 'cluster', outcome: 'ok', reachable: true, code: '', message: '' }]
  return [...recovered, ...healthChanges(before, after)]
}

function healthChanges(before: Observation, after: Observation): readonly ObservedChange[] {
  if (before.asOf === null || after.asOf === null) return []
  const healthBefore = new Map(before.components.map(({ id, health }) => [id, health]))
  return after.components.flatMap(({ id, title, health, reason }) => {
    const from = healthBefore.get(id)
    // After a break, the components are unknown until they are read again.
    const isNews = from !== undefined && from !== health && !(from === 'unknown' && before.problem !== undefined)
    if (!isNews) return []
    const outcome = outcomeOfHealth[health]
    const names = { component: cut(id, 100), title: cut(title, 200), reason: cut(reason, 300) }
    return [{ kind: 'health' as const, outcome, ...names, from, to: health }]
  })
}

const cut = (text: string, characters: number): string =>
  text.length <= characters ? text : `${text.slice(0, characters - 1)}…`

/**
 * Whether the last record of the same component, or of the cluster, has that state already. Several processes can observe the
 * same change. Pure.
 */
export function isRecorded(change: ObservedChange, ofDay: readonly RecordedEntry[]): boolean {
  if (change.kind === 'cluster') {
    const last = ofDay.findLast((entry) => entry.kind === 'cluster')
    return last?.reachable === change.reachable
  }
  const last = ofDay.findLast((entry) => entry.kind === 'health' && entry.component === change.component)
  return last?.kind === 'health' && last.to === change.to
}
