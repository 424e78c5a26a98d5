import type { ActivityEntry } from '../../preload/contract/activity.ts'

/** What an entry leads to. */
export type EntryPlace =
  | { readonly kind: 'run'; readonly planeId: string; readonly runId: string }
  | { readonly kind: 'component'; readonly planeId: string; readonly component: string }
  | { readonly kind: 'plane'; readonly planeId: string }
  | { readonly kind: 'profile'; readonly name: string }

/** Undefined: the plane or the profile is gone, or the entry shows all that there is. */
export function placeOf(entry: ActivityEntry, planes: ReadonlyMap<string, string>): EntryPlace | undefined {
  if (entry.kind === 'profile') return entry.action === 'removed' ? undefined : { kind: 'profile', name: entry.profile }
  const { planeId } = entry
  if (planeId === null || !planes.has(planeId)) return undefined
  switch (entry.kind) {
    case 'check':
    case 'watch':
      return { kind: 'run', planeId, runId: entry.runId }
    case 'health':
      return { kind: 'component', planeId, component: entry.component }
    default:
      return { kind: 'plane', planeId }
  }
}
