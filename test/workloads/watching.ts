import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClusterConnection } from '../../main/lib/kubernetes/client.ts'
import { createWorkloads, type Workloads } from '../../main/workloads/workloads.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { Profile } from '../../preload/contract/profiles.ts'
import type { ComponentStatus, ObjectStatus, PlaneStatus, WorkloadsEvent } from '../../preload/contract/workloads.ts'

export const namespace = 'watched'
export const planeId = '4b1f6f2e-6f2b-4c1f-9a52-0c6f3a1d2e3f'

/** A profile with one of each: installed, missing, optional, of the cluster, of the vendor. */
const profile: Profile = Profile.parse({
  schemaVersion: 1,
  name: 'watched',
  title: 'Watched',
  description: 'The plane of the tests of workloads',
  managementModels: [{ id: 'self', title: 'Self', summary: '', tasks: [] }],
  components: [
    {
      id: 'gateway',
      title: 'Gateway',
      summary: '',
      providedBy: 'release',
      parts: [{ kind: 'Deployment', namespace, name: 'gateway' }],
    },
    {
      id: 'crasher',
      title: 'Crasher',
      summary: '',
      providedBy: 'release',
      required: false,
      parts: [{ kind: 'Deployment', namespace, name: 'crasher' }],
    },
    {
      id: 'agent',
      title: 'Agent',
      summary: '',
      providedBy: 'release',
      parts: [{ kind: 'Deployment', namespace, name: 'agent' }],
    },
    {
      id: 'flux',
      title: 'Flux',
      summary: '',
      providedBy: 'flux',
      parts: [{ kind: 'HelmRelease', namespace, name: 'gateway' }],
    },
    {
      id: 'network',
      title: 'Network',
      summary: '',
      providedBy: 'cluster',
      parts: [{ kind: 'DaemonSet', namespace: 'kube-system', name: 'cilium', title: 'Cilium' }],
    },
    { id: 'control', title: 'Control plane', summary: '', providedBy: 'vendor' },
  ],
  releases: [{ name: 'gateway', namespace, chart: { path: 'gateway' }, components: ['gateway'] }],
  endpoints: [],
})

const plane: Plane = {
  id: planeId,
  name: 'watched',
  profile: 'watched',
  contextId: 'bed',
  contextName: 'bed',
  managementModel: 'self',
  settings: {},
  overridden: [],
  createdAt: '2026-01-01T00:00:00Z',
}

export async function temporaryHome(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'hangar-workloads-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** The service as the app creates it, for one plane on this cluster. */
export function serviceFor(connection: ClusterConnection, home: string, ofPlane: Profile = profile): Workloads {
  return createWorkloads({
    plane: async () => plane,
    profile: async () => ofPlane,
    connection: async () => connection,
    home,
  })
}

export interface WindowState {
  readonly status: PlaneStatus
  readonly objects: ReadonlyMap<string, ObjectStatus>
  /** Number of events so far, this one included. */
  readonly events: number
  component(id: string): ComponentStatus | undefined
  object(kind: string, name: string): ObjectStatus | undefined
}

/** A simulated window: applies each event to its state. */
export class Window {
  readonly #events: AsyncGenerator<WorkloadsEvent>
  readonly #objects = new Map<string, ObjectStatus>()
  #status: PlaneStatus | undefined
  #count = 0

  constructor(service: Workloads, signal: AbortSignal) {
    this.#events = service.watch({ planeId }, signal)
  }

  /** The first state that matches, from the next event on. Throws when the stream ends first. */
  async until(matches: (state: WindowState) => boolean): Promise<WindowState> {
    for (;;) {
      const { done, value } = await this.#events.next()
      if (done === true) throw new Error(`The stream ended: ${JSON.stringify(this.#status).slice(0, 4_000)}`)
      this.#apply(value)
      const state = this.state()
      if (matches(state)) return state
    }
  }

  async close(): Promise<void> {
    await this.#events.return(undefined)
  }

  state(): WindowState {
    if (this.#status === undefined) throw new Error('No event was received yet.')
    const status = this.#status
    const objects = new Map(this.#objects)
    return {
      status,
      objects,
      events: this.#count,
      component: (id) => status.components.find((component) => component.id === id),
      object: (kind, start) => [...objects.values()].find((one) => one.kind === kind && one.name.startsWith(start)),
    }
  }

  #apply(event: WorkloadsEvent): void {
    this.#count += 1
    if (event.kind === 'state') {
      this.#status = event.status
      this.#objects.clear()
      for (const object of event.status.objects) this.#objects.set(object.uid, object)
      return
    }
    if (this.#status === undefined) throw new Error('A delta came before the first state.')
    const { asOf, connection, components } = event
    this.#status = { ...this.#status, asOf, connection, components }
    for (const object of event.changed) this.#objects.set(object.uid, object)
    for (const uid of event.removed) this.#objects.delete(uid)
  }
}
