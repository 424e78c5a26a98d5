import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type {
  ClusterEvent,
  ComponentStatus,
  Connection,
  ObjectDetails,
  ObjectStatus,
  WorkloadsEvent,
} from '../../preload/contract/workloads.ts'
import type { Client } from '../lib/client.ts'
import { follow } from '../lib/follow.ts'
import { attempt } from '../lib/outcome.ts'
import { allWorkloads, type ShownWorkloads } from './shown.ts'

/** The last known state of a plane's workloads; objects by uid, as changes refer to them. */
export interface WorkloadsSnapshot {
  readonly asOf: string | null
  readonly connection: Connection
  readonly components: readonly ComponentStatus[]
  readonly objects: ReadonlyMap<string, ObjectStatus>
}

interface EventList {
  /** uid of the object of the events; undefined: events of the whole plane. */
  readonly object: string | undefined
  readonly events: readonly ClusterEvent[] | undefined
  readonly problem: ProblemReport | undefined
}

/** What the cluster has of one object. */
interface ReadDetails {
  /** Its uid. */
  readonly object: string | undefined
  /** Null: it does not exist any more. */
  readonly value: ObjectDetails | null | undefined
  readonly problem: ProblemReport | undefined
}

export interface WorkloadsState {
  readonly planeId: string | undefined
  readonly snapshot: WorkloadsSnapshot | undefined
  readonly problem: ProblemReport | undefined
  readonly events: EventList
  readonly details: ReadDetails
  readonly shown: ShownWorkloads
  /** Follows one plane until the signal aborts. */
  watch(planeId: string, signal: AbortSignal): Promise<void>
  loadEvents(object?: string): Promise<void>
  loadDetails(object: ObjectStatus): Promise<void>
  /** Ends what is still read. */
  endDetails(): void
  show(part: Partial<ShownWorkloads>): void
}

export type WorkloadsStore = StoreApi<WorkloadsState>

/** The state after an event. A delta before the first state is ignored. */
export function applyEvent(
  snapshot: WorkloadsSnapshot | undefined,
  event: WorkloadsEvent,
): WorkloadsSnapshot | undefined {
  if (event.kind === 'state') {
    const { asOf, connection, components, objects } = event.status
    return { asOf, connection, components, objects: new Map(objects.map((object) => [object.uid, object])) }
  }
  if (snapshot === undefined) return undefined
  const { asOf, connection, components, changed, removed } = event
  if (changed.length === 0 && removed.length === 0) return { ...snapshot, asOf, connection, components }
  const objects = new Map(snapshot.objects)
  for (const uid of removed) objects.delete(uid)
  for (const object of changed) objects.set(object.uid, object)
  return { asOf, connection, components, objects }
}

/**
 * The connection as the views show it. A cluster that never answered stays `connecting` for the core; with a problem it is
 * unreachable for a person. Without the user's consent Hangar does not connect at all: that is not an unreachable cluster.
 */
export function shownState({ state, problem }: Connection): Connection['state'] | 'refused' {
  if (state === 'live' || problem === undefined) return state
  return problem.code === 'CONSENT_NEEDED' ? 'refused' : 'stale'
}

const noDetails: ReadDetails = { object: undefined, value: undefined, problem: undefined }
const noEvents: EventList = { object: undefined, events: undefined, problem: undefined }

export const createWorkloadsStore = (client: Pick<Client, 'workloads'>): WorkloadsStore =>
  createStore<WorkloadsState>()((set, get) => {
    let reading = new AbortController()
    return {
      planeId: undefined,
      snapshot: undefined,
      problem: undefined,
      events: noEvents,
      details: noDetails,
      shown: allWorkloads,
      show: (part) => set(({ shown }) => ({ shown: { ...shown, ...part } })),
      async watch(planeId, signal) {
        set(({ planeId: before, shown }) => ({
          planeId,
          snapshot: undefined,
          problem: undefined,
          events: noEvents,
          details: noDetails,
          shown: before === planeId ? shown : allWorkloads,
        }))
        const problem = await follow(
          (inner) => client.workloads.watch({ planeId }, { signal: inner }),
          (event) => set(({ snapshot }) => ({ snapshot: applyEvent(snapshot, event), problem: undefined })),
          signal,
        )
        if (problem !== undefined) set({ problem })
      },
      async loadEvents(object) {
        const { planeId } = get()
        if (planeId === undefined) return
        set(({ events }) => ({ events: events.object === object ? events : { ...noEvents, object } }))
        const listed = await attempt(() => client.workloads.events({ planeId, object }))
        // The selection can have changed meanwhile.
        if (get().planeId !== planeId || get().events.object !== object) return
        set(({ events }) => ({
          events: listed.ok
            ? { object, events: listed.value, problem: undefined }
            : { object, events: events.events, problem: listed.problem },
        }))
      },
      async loadDetails({ uid, kind, namespace, name }) {
        const { planeId } = get()
        if (planeId === undefined) return
        reading.abort()
        reading = new AbortController()
        const { signal } = reading
        set(({ details }) => ({ details: details.object === uid ? details : { ...noDetails, object: uid } }))
        const object = { uid, kind, name, ...(namespace !== undefined && { namespace }) }
        const read = await attempt(() => client.workloads.object({ planeId, object }, { signal }))
        if (signal.aborted) return
        set(({ details: { value } }) => ({
          details: read.ok
            ? { object: uid, value: read.value, problem: undefined }
            : { object: uid, value, problem: read.problem },
        }))
      },
      endDetails() {
        reading.abort()
        set({ details: noDetails })
      },
    }
  })
