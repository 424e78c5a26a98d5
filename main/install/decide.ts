import type { HelmStatus, History } from './observe/releases.ts'
import { marks } from './plan/desired.ts'

/** What is known of one release when its next act is chosen. */
export interface Found {
  readonly history: History
  /** The helm of ours that may still be at work on it, by its process id: it outlived the Hangar that started it. */
  readonly alive: boolean
  /** That helm, or the one that left the last revision pending, is known to be gone. */
  readonly gone: boolean
  /** Milliseconds since 1970. */
  readonly now: number
}

export interface Goal {
  readonly name: string
  readonly profile: string
  readonly desired: string
  readonly timeoutSeconds: number
}

/** `none`: it is as wanted. `foreign`: it is not ours to touch. */
export type Act =
  | { readonly kind: 'none' | 'install' | 'upgrade' | 'replace' | 'uninstall' | 'mark-failed' | 'foreign' | 'unclear' }
  | { readonly kind: 'wait'; readonly why: string }
  | { readonly kind: 'rollback'; readonly revision: number }

/** After its time-out and this long, a pending release that nobody holds is taken for stale. */
const staleAfterMs = 60_000

const newestGood = (history: History): number | undefined =>
  history.findLast(({ status }) => status === 'deployed' || status === 'superseded')?.revision

/** Pending: Helm leaves it so when its process dies, and looks the same while it is at work. Only a process or time tells. */
function waiting({ history, gone, now }: Found, { name, timeoutSeconds }: Goal): Act | undefined {
  const last = history.at(-1)
  if (gone || last === undefined) return undefined
  const age = now - last.changedAt
  if (age > timeoutSeconds * 1_000 + staleAfterMs) return undefined
  const seconds = Math.max(0, Math.round(age / 1_000))
  return {
    kind: 'wait',
    why: `release ${name} is ${last.status} since ${seconds} s: another helm may be at work on it`,
  }
}

type Row = (found: Found, goal: Goal) => Act

const always =
  (kind: 'install' | 'upgrade' | 'replace' | 'uninstall' | 'none' | 'unclear'): Row =>
  () => ({ kind })

/** Without a good revision there is nothing to go back to; only uninstalling clears the first one. */
const unlock: Row = (found, goal) => {
  const wait = waiting(found, goal)
  if (wait) return wait
  const good = newestGood(found.history)
  if (good !== undefined) return { kind: 'rollback', revision: good }
  return { kind: found.history.length > 1 ? 'mark-failed' : 'uninstall' }
}

/** What to do next so that a release is as wanted, by the status of its last revision. */
const towardsInstalled: Readonly<Record<HelmStatus | 'absent', Row>> = {
  absent: always('install'),
  deployed: ({ history }, { desired }) => ({
    kind: history.at(-1)?.labels[marks.desired] === desired ? 'none' : 'upgrade',
  }),
  // Helm upgrades from the last good revision, or from the failed one where there is none.
  failed: always('upgrade'),
  superseded: always('upgrade'),
  // The first install was cut off. Nothing good is lost by removing it, and helm refuses all else.
  'pending-install': (found, goal) => waiting(found, goal) ?? { kind: 'uninstall' },
  'pending-upgrade': unlock,
  'pending-rollback': unlock,
  uninstalling: always('uninstall'),
  // Its history was kept: the name is taken, and free to be used again.
  uninstalled: always('replace'),
  unknown: always('unclear'),
}

const towardsAbsent: Readonly<Record<HelmStatus | 'absent', Row>> = {
  absent: always('none'),
  deployed: always('uninstall'),
  failed: always('uninstall'),
  superseded: always('uninstall'),
  'pending-install': (found, goal) => waiting(found, goal) ?? { kind: 'uninstall' },
  'pending-upgrade': (found, goal) => waiting(found, goal) ?? { kind: 'uninstall' },
  'pending-rollback': (found, goal) => waiting(found, goal) ?? { kind: 'uninstall' },
  uninstalling: always('uninstall'),
  uninstalled: always('uninstall'),
  unknown: always('uninstall'),
}

/** Ours is what carries the profile's mark: it says the same on every computer that has the profile. */
export const isForeign = (history: History, profile: string): boolean =>
  history.length > 0 && history.every(({ labels }) => labels[marks.profile] !== profile)

export function nextStep(found: Found, goal: Goal, aim: 'installed' | 'absent'): Act {
  if (isForeign(found.history, goal.profile)) return { kind: 'foreign' }
  // Whatever the history says now, it is about to say something else.
  if (found.alive) return { kind: 'wait', why: `helm is still at work on ${goal.name}, from before Hangar was ended` }
  const table = aim === 'installed' ? towardsInstalled : towardsAbsent
  return table[found.history.at(-1)?.status ?? 'absent'](found, goal)
}
