import { labelKeys } from '../labels.ts'
import {
  type HelmStatus,
  type History,
  hasOwnLabels,
  isAdoptable,
  isForeign,
  isLost,
  lastGoodRevision,
  staleAtMs,
} from '../observe/releases.ts'

/** What is known about a release when its next action is chosen. */
export interface ReleaseFacts {
  readonly history: History
  /** A helm that Hangar started, possibly in an earlier process, still works on the release. */
  readonly helmRunning: boolean
  /** That helm, or the one that left the last revision pending, is known to have ended. */
  readonly helmEnded: boolean
  /** Milliseconds since 1970. */
  readonly now: number
}

export interface ReleaseGoal {
  readonly name: string
  readonly profile: string
  readonly contentDigest: string
  readonly timeoutSeconds: number
  /** The operation that upgrades the release although its content is the desired one: the cluster differs from it. */
  readonly repairedBy?: string
  /** The user agreed that the plane takes over a release of another helm. */
  readonly mayAdopt: boolean
  /** The user agreed that an interrupted release is undone, or it has nothing that would be lost. */
  readonly mayUndo: boolean
}

/** An action that changes the release. */
export type ReleaseChange =
  | { readonly kind: 'install' | 'upgrade' | 'replace' | 'uninstall' | 'mark-failed' | 'rebuild' }
  | { readonly kind: 'rollback'; readonly revision: number }

export type ReleaseAction =
  | ReleaseChange
  /** The release is in the desired state. */
  | { readonly kind: 'none' }
  /** The release does not belong to this plane. */
  | { readonly kind: 'foreign' }
  /** Helm itself does not know the state. */
  | { readonly kind: 'unclear' }
  | { readonly kind: 'wait'; readonly why: string }

/** Helm leaves a release pending while it works and also when it is killed. Only its process or the time can tell which. */
function waitWhilePending({ history, helmEnded, now }: ReleaseFacts, goal: ReleaseGoal): ReleaseAction | undefined {
  const { name, timeoutSeconds } = goal
  const last = history.at(-1)
  if (helmEnded || last === undefined) return undefined
  const staleAt = staleAtMs(last, timeoutSeconds)
  if (!(now <= staleAt)) return undefined
  const since = new Date(last.changedAt).toISOString()
  const until = new Date(staleAt).toISOString()
  return {
    kind: 'wait',
    why: `release ${name} is ${last.status} since ${since}; another helm may be working on it; Hangar recovers it after ${until}`,
  }
}

type Rule = (facts: ReleaseFacts, goal: ReleaseGoal) => ReleaseAction

const always =
  (kind: 'install' | 'upgrade' | 'replace' | 'uninstall' | 'none' | 'unclear'): Rule =>
  () => ({ kind })

const uninstallOncePendingEnds: Rule = (facts, goal) => waitWhilePending(facts, goal) ?? { kind: 'uninstall' }

/** A revision that is marked as failed can be upgraded: that deletes nothing. */
const undo =
  (rule: Rule): Rule =>
  (facts, goal) => {
    if (goal.mayUndo) return rule(facts, goal)
    return waitWhilePending(facts, goal) ?? { kind: 'mark-failed' }
  }

/** Without a good revision there is no rollback. A first revision is uninstalled, a later one is marked as failed. */
const unlock: Rule = (facts, goal) => {
  const wait = waitWhilePending(facts, goal)
  if (wait) return wait
  const revision = lastGoodRevision(facts.history)
  if (revision !== undefined) return { kind: 'rollback', revision }
  return { kind: facts.history.length > 1 ? 'mark-failed' : 'uninstall' }
}

/** By the status of the last revision. */
type Rules = Readonly<Record<HelmStatus | 'absent', Rule>>

const rulesToInstall: Rules = {
  absent: always('install'),
  deployed: ({ history }, { contentDigest, repairedBy }) => {
    const { labels = {}, revision = 0 } = history.at(-1) ?? {}
    const isRepaired = repairedBy === undefined || labels[labelKeys.operation] === repairedBy
    const isCurrent =
      labels[labelKeys.contentDigest] === contentDigest && hasOwnLabels({ labels, revision }) && isRepaired
    return { kind: isCurrent ? 'none' : 'upgrade' }
  },
  // Helm upgrades from the last good revision, or from the failed one if there is none.
  failed: always('upgrade'),
  superseded: always('upgrade'),
  // The first install was interrupted. Helm allows only an uninstall, and no good revision is lost.
  'pending-install': undo(uninstallOncePendingEnds),
  'pending-upgrade': undo(unlock),
  'pending-rollback': undo(unlock),
  uninstalling: (_facts, { mayUndo }) => ({ kind: mayUndo ? 'uninstall' : 'mark-failed' }),
  // Uninstalled with --keep-history: helm needs --replace to use the name again.
  uninstalled: always('replace'),
  unknown: always('unclear'),
}

const rulesToUninstall: Rules = {
  absent: always('none'),
  deployed: always('uninstall'),
  failed: always('uninstall'),
  superseded: always('uninstall'),
  'pending-install': uninstallOncePendingEnds,
  'pending-upgrade': uninstallOncePendingEnds,
  'pending-rollback': uninstallOncePendingEnds,
  uninstalling: always('uninstall'),
  uninstalled: always('uninstall'),
  unknown: always('uninstall'),
}

export function nextAction(facts: ReleaseFacts, goal: ReleaseGoal, aim: 'installed' | 'absent'): ReleaseAction {
  const isAdopted = aim === 'installed' && goal.mayAdopt && isAdoptable(facts.history)
  if (isForeign(facts.history, goal.profile) && !isAdopted) return { kind: 'foreign' }
  // The history is about to change.
  if (facts.helmRunning) {
    return { kind: 'wait', why: `helm is still working on ${goal.name}; an earlier Hangar process started it` }
  }
  const last = facts.history.at(-1)
  // The record of a release that is uninstalled is written anew in any case.
  if (last !== undefined && isLost(last) && last.status !== 'uninstalled')
    return goal.mayUndo ? { kind: 'rebuild' } : { kind: 'unclear' }
  const rules = aim === 'installed' ? rulesToInstall : rulesToUninstall
  return rules[last?.status ?? 'absent'](facts, goal)
}
