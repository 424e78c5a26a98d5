import type { EntryPlace } from '../activity/entryPlace.ts'
import type { Place } from './address.ts'

/** What an entry of the timeline is about. */
export function placeOfEntry(entry: EntryPlace): Place {
  if (entry.kind === 'profile') return { view: 'profiles', name: entry.name }
  const { planeId } = entry
  if (entry.kind === 'run')
    return { view: 'plane', planeId, tab: 'connectivity', run: { kind: 'run', runId: entry.runId } }
  const detail = entry.kind === 'component' ? { kind: 'component' as const, id: entry.component } : undefined
  return { view: 'plane', planeId, tab: 'overview', detail }
}
