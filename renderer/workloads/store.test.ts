import { describe, expect, it } from 'vitest'
import type { Connection, ObjectStatus, WorkloadsEvent } from '../../preload/contract/workloads.ts'
import { workloadRows } from './rows.ts'
import { applied } from './store.ts'

const live: Connection = { state: 'live', since: '2026-03-01T10:00:00Z' }
const stale: Connection = { state: 'stale', since: '2026-03-01T10:00:00Z' }
const pod = (name: string, health: ObjectStatus['health'] = 'healthy'): ObjectStatus => ({
  uid: name,
  kind: 'Pod',
  name,
  health,
  reason: '',
})
const component = {
  id: 'agent',
  title: 'Agent',
  summary: '',
  providedBy: 'release',
  health: 'healthy',
  reason: '',
  objects: ['b', 'a'],
} as const

const state: WorkloadsEvent = {
  kind: 'state',
  status: {
    schemaVersion: 1,
    asOf: '2026-03-01T10:00:00Z',
    connection: live,
    components: [{ ...component, objects: ['b', 'a'] }],
    objects: [pod('a'), pod('b'), pod('stray')],
  },
}

describe('what is known of the workloads', () => {
  it('changes by what a delta names, and by nothing else', () => {
    const known = applied(undefined, state)
    const next = applied(known, {
      kind: 'delta',
      asOf: null,
      connection: live,
      components: [],
      changed: [pod('a', 'degraded')],
      removed: ['b'],
    })

    expect([...(next?.objects.values() ?? [])].map(({ name, health }) => `${name} ${health}`)).toEqual([
      'a degraded',
      'stray healthy',
    ])
  })

  it('keeps the last objects when the connection is lost', () => {
    const known = applied(undefined, state)
    const next = applied(known, {
      kind: 'delta',
      asOf: '2026-03-01T10:00:00Z',
      connection: stale,
      components: [],
      changed: [],
      removed: [],
    })

    expect(next?.connection.state).toBe('stale')
    expect(next?.objects).toBe(known?.objects)
  })

  it('cannot place a delta that came before any state', () => {
    expect(
      applied(undefined, {
        kind: 'delta',
        asOf: null,
        connection: live,
        components: [],
        changed: [pod('a')],
        removed: [],
      }),
    ).toBeUndefined()
  })

  it('is drawn by component, with strays at the end, and folded ones without their objects', () => {
    const known = applied(undefined, state)
    if (known === undefined) throw new Error('A state is always known.')

    expect(workloadRows(known, new Set()).map(({ key }) => key)).toEqual([
      'agent',
      'agent/a',
      'agent/b',
      '·other',
      '·other/stray',
    ])
    expect(workloadRows(known, new Set(['agent'])).map(({ key }) => key)).toEqual(['agent', '·other', '·other/stray'])
  })
})
