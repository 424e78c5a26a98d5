import type { PreflightResult } from '../../preload/contract/install.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'

export const samplePlane: Plane = {
  id: '0b8f6c1e-52a4-4f5e-9d3c-2f1a6b7c8d90',
  name: 'demo',
  profile: 'demo',
  contextId: 'c',
  contextName: 'aks-eu',
  managementModel: 'self',
  settings: {},
  overridden: [],
  createdAt: '2026-03-01T10:00:00Z',
}

export const sampleOperation = (state: Operation['state'], kind: Operation['kind'] = 'install'): Operation => ({
  id: '11111111-1111-4111-8111-111111111111',
  kind,
  planeId: samplePlane.id,
  title: '',
  state,
  startedAt: '2026-03-01T10:00:00Z',
  updatedAt: '2026-03-01T10:00:00Z',
  done: 0,
  steps: [],
  offers: [],
})

export const sampleResult = (id: string, verdict: PreflightResult['verdict'], strict = true): PreflightResult => ({
  id,
  title: '',
  category: 'nodes',
  severity: strict ? 'strict' : 'warn',
  deep: false,
  verdict,
  strict,
  message: '',
  hint: '',
  evidence: '',
  elapsedMs: 1,
})
