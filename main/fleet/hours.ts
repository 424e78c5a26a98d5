import type { PlaneVerdict, RunCounts } from '../../preload/contract/fleet.ts'

export const hourMs = 3_600_000
export const shownHours = 24

/** The worst verdict of an hour, by its start in ms since 1970. */
export type Hours = ReadonlyMap<number, PlaneVerdict>

const worstFirst = ['failing', 'unreachable', 'warning', 'healthy'] as const satisfies PlaneVerdict[]

const worse = (one: PlaneVerdict, other: PlaneVerdict | undefined): PlaneVerdict =>
  other !== undefined && worstFirst.indexOf(other) < worstFirst.indexOf(one) ? other : one

export const hourOf = (ms: number): number => ms - (ms % hourMs)

/** With the verdict in its hour, and without hours that are no longer shown. Pure. */
export function withVerdict(hours: Hours, atMs: number, verdict: PlaneVerdict): Hours {
  const hour = hourOf(atMs)
  const oldest = hour - (shownHours - 1) * hourMs
  const kept = [...hours].filter(([from]) => from >= oldest)
  return new Map([...kept, [hour, worse(verdict, hours.get(hour))]])
}

/** The last 24 hours, the oldest first, with what checks of connectivity found in them; null: nobody watched. Pure. */
export function lastHours(
  hours: Hours,
  runs: readonly RunCounts[],
  nowMs: number,
): { readonly from: string; readonly verdict: PlaneVerdict | null }[] {
  const seen = new Map(hours)
  for (const { at, counts } of runs) {
    const hour = hourOf(Date.parse(at))
    // A check that passed says nothing of the components.
    const verdict = (counts.fail ?? 0) > 0 ? 'failing' : (counts.warn ?? 0) > 0 ? 'warning' : 'healthy'
    seen.set(hour, worse(verdict, seen.get(hour)))
  }
  const first = hourOf(nowMs) - (shownHours - 1) * hourMs
  return Array.from({ length: shownHours }, (_, index) => {
    const from = first + index * hourMs
    return { from: new Date(from).toISOString(), verdict: seen.get(from) ?? null }
  })
}
