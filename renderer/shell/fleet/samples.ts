import type { Observation, PlaneSummary } from '../../../preload/contract/fleet.ts'
import type { Operation } from '../../../preload/contract/operations.ts'
import type { Plane } from '../../../preload/contract/planes.ts'
import type { FleetPlane } from './arrange.ts'
import type { StandingKind } from './standingKind.ts'

/** Material of the tests of this folder. */
export const plane = (part: Partial<Plane> = {}): Plane => ({
  id: '0b8f6c1e-52a4-4f5e-9d3c-2f1a6b7c8d90',
  name: 'north',
  profile: 'demo',
  contextId: 'north',
  contextName: 'aks-north',
  managementModel: 'self',
  settings: {},
  overridden: [],
  createdAt: '2026-01-01T00:00:00Z',
  installedAt: '2026-01-01T00:00:00Z',
  ...part,
})

type Component = Observation['components'][number]

export const component = (title: string, health: Component['health'], part: Partial<Component> = {}): Component => ({
  id: title.toLowerCase(),
  title,
  providedBy: 'release',
  health,
  reason: '',
  ...part,
})

export const summary = (observation: Partial<Observation> | null, part: Partial<PlaneSummary> = {}): PlaneSummary => ({
  planeId: plane().id,
  observation: observation && { asOf: '2026-03-01T00:00:00Z', components: [], ...observation },
  observedAt: observation === null ? null : '2026-03-01T00:00:00Z',
  checking: false,
  runs: [],
  hours: [],
  ...part,
})

export const operation = (kind: Operation['kind'], state: Operation['state']): Operation => ({
  id: plane().id,
  kind,
  planeId: plane().id,
  title: '',
  state,
  startedAt: '2026-03-01T00:00:00Z',
  updatedAt: '2026-03-01T00:00:00Z',
  done: 0,
  steps: [],
  offers: [],
})

export const listed = (name: string, kind: StandingKind, part: Partial<Plane> = {}): FleetPlane => ({
  plane: plane({ id: name, name, ...part }),
  standing: { kind, reasons: [{ text: `reason of ${name}`, place: { tab: 'overview' } }], health: undefined },
  summary: undefined,
})
