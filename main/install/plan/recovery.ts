import { labelKeys } from '../labels.ts'
import { type History, hasOwnLabels, isLost, lastGoodRevision, type Revision, staleAtMs } from '../observe/releases.ts'

/** What is done first with an interrupted release, before it is upgraded. */
export type Recovery =
  | { readonly kind: 'reinstall' }
  | { readonly kind: 'rollback'; readonly revision: number }
  | { readonly kind: 'mark-failed' }
  | { readonly kind: 'rebuild' }

const interrupted = new Set(['pending-install', 'pending-upgrade', 'pending-rollback', 'uninstalling'])

/** Pure: undefined if helm has completed its last command. */
export function recoveryOf(history: History): Recovery | undefined {
  const last = history.at(-1)
  if (last !== undefined && isLost(last)) return { kind: 'rebuild' }
  if (last === undefined || !interrupted.has(last.status)) return undefined
  if (last.status === 'pending-install' || last.status === 'uninstalling') return { kind: 'reinstall' }
  const revision = lastGoodRevision(history)
  if (revision !== undefined) return { kind: 'rollback', revision }
  return { kind: history.length > 1 ? 'mark-failed' : 'reinstall' }
}

/** `Release agent is pending-upgrade, revision 3: it is rolled back to revision 2, then upgraded.` */
export function describeRecovery(name: string, last: Revision, recovery: Recovery): string {
  const state = `Release ${name} is ${last.status}, revision ${last.revision}`
  switch (recovery.kind) {
    case 'reinstall':
      return `${state}: it is uninstalled with all its objects, then installed again.`
    case 'rollback':
      return `${state}: it is rolled back to revision ${recovery.revision}, then upgraded. Its pods can restart twice.`
    case 'rebuild': {
      const { length } = last.objects ?? []
      const count = length === 1 ? 'the 1 object' : `the ${length} objects`
      const why = last.record === 'missing' ? 'is missing' : 'cannot be read'
      return `Helm's record of release ${name}, revision ${last.revision}, ${why}: it is made again from ${count} that helm marked in the cluster, then upgraded. Its values, hooks and notes are lost, and what helm did not mark stays.`
    }
    case 'mark-failed':
      return `${state}: the revision is marked as failed, then upgraded.`
  }
}

/** Who may still work on an interrupted release, and how long Hangar waits for it. `thisHost`: the label of this computer. */
export function possibleAuthor(last: Revision, thisHost: string, timeoutSeconds: number): string {
  const { labels, changedAt } = last
  const host = hasOwnLabels(last) ? labels[labelKeys.host] : undefined
  const author =
    host === undefined
      ? 'a helm that Hangar did not start'
      : host === thisHost
        ? 'Hangar on this computer'
        : 'Hangar of another user or on another computer'
  if (!Number.isFinite(changedAt)) return `Last written by ${author}.`
  const written = `Last written by ${author} at ${new Date(changedAt).toISOString()}.`
  if (host === thisHost) return written
  return `${written} It may still be at work: Hangar waits for it until ${new Date(staleAtMs(last, timeoutSeconds)).toISOString()}.`
}
