import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Plane, PlaneValues } from '../../preload/contract/planes.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { recordedPlaneId } from '../../preload/recorded-plane.ts'
import type { Client } from '../lib/client.ts'
import { attempt, type Outcome, problemOf } from '../lib/outcome.ts'

type NewPlane = Pick<Plane, 'name' | 'profile' | 'contextId' | 'managementModel'> & PlaneValues

type Described = Partial<Pick<Plane, 'name' | 'labels' | 'pinned'>>

export interface PlanesState {
  /** In the order of their names; undefined until the first answer. */
  readonly planes: readonly Plane[] | undefined
  readonly problem: ProblemReport | undefined
  /** The plane that comes with Hangar, once it was opened. It is in no list. */
  readonly recorded: Plane | undefined
  load(): Promise<void>
  loadRecorded(): Promise<Plane | undefined>
  create(plane: NewPlane): Promise<Outcome<Plane>>
  update(planeId: string, values: Pick<PlaneValues, 'settings'>): Promise<Outcome<Plane>>
  setContext(planeId: string, contextId: string, otherCluster: boolean): Promise<Outcome<Plane>>
  /** Changes the name, the labels or the pin. */
  describe(planeId: string, described: Described): Promise<Outcome<Plane>>
  remove(planeId: string): Promise<ProblemReport | undefined>
}

export type PlanesStore = StoreApi<PlanesState>

const byName = (left: Plane, right: Plane) => left.name.localeCompare(right.name)

function withPlane(planes: readonly Plane[] = [], plane: Plane): readonly Plane[] {
  return [...planes.filter(({ id }) => id !== plane.id), plane].toSorted(byName)
}

export const createPlanesStore = (client: Pick<Client, 'planes'>): PlanesStore =>
  createStore<PlanesState>()((set) => ({
    planes: undefined,
    problem: undefined,
    recorded: undefined,
    async loadRecorded() {
      const recorded = await attempt(() => client.planes.get({ planeId: recordedPlaneId }))
      set(recorded.ok ? { recorded: recorded.value } : { problem: recorded.problem })
      return recorded.ok ? recorded.value : undefined
    },
    async load() {
      const listed = await attempt(() => client.planes.list())
      set(listed.ok ? { planes: listed.value.toSorted(byName), problem: undefined } : { problem: listed.problem })
    },
    async create(plane) {
      const created = await attempt(() => client.planes.create(plane))
      if (created.ok) set(({ planes }) => ({ planes: withPlane(planes, created.value) }))
      return created
    },
    async update(planeId, values) {
      const updated = await attempt(() => client.planes.update({ planeId, ...values }))
      if (updated.ok) set(({ planes }) => ({ planes: withPlane(planes, updated.value) }))
      return updated
    },
    async setContext(planeId, contextId, otherCluster) {
      const changed = await attempt(() => client.planes.setContext({ planeId, contextId, otherCluster }))
      if (changed.ok) set(({ planes }) => ({ planes: withPlane(planes, changed.value) }))
      return changed
    },
    async describe(planeId, described) {
      const changed = await attempt(() => client.planes.describe({ planeId, ...described }))
      if (changed.ok) set(({ planes }) => ({ planes: withPlane(planes, changed.value) }))
      return changed
    },
    async remove(planeId) {
      const problem = await problemOf(() => client.planes.remove({ planeId }))
      if (problem === undefined) set(({ planes }) => ({ planes: planes?.filter(({ id }) => id !== planeId) }))
      return problem
    },
  }))

export const planeById =
  (planeId: string | undefined) =>
  ({ planes, recorded }: PlanesState): Plane | undefined =>
    planeId === recordedPlaneId ? recorded : planes?.find(({ id }) => id === planeId)
