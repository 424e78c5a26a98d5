import { describe, expect, it } from 'vitest'
import type { Connection, ObjectStatus, WorkloadsEvent } from '../../preload/contract/workloads.ts'
import { applyEvent, shownState } from './store.ts'

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

describe('the snapshot of the workloads', () => {
  it('changes only the objects that a delta contains', () => {
    const snapshot = applyEvent(undefined, state)
    const next = applyEvent(snapshot, {
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
    const snapshot = applyEvent(undefined, state)
    const next = applyEvent(snapshot, {
      kind: 'delta',
      asOf: '2026-03-01T10:00:00Z',
      connection: stale,
      components: [],
      changed: [],
      removed: [],
    })

    expect(next?.connection.state).toBe('stale')
    expect(next?.objects).toBe(snapshot?.objects)
  })

  it('ignores a delta before the first state', () => {
    expect(
      applyEvent(undefined, {
        kind: 'delta',
        asOf: null,
        connection: live,
        components: [],
        changed: [pod('a')],
        removed: [],
      }),
    ).toBeUndefined()
  })
})

describe('shownState', () => {
  const problem = (code: 'CLUSTER_UNTRUSTED' | 'CONSENT_NEEDED') => ({ code, message: '', hint: '', evidence: '' })
  it.each([
    ['a cluster that answers', live, 'live'],
    ['a cluster that has not answered yet', { ...live, state: 'connecting' }, 'connecting'],
    [
      'a cluster that never answered, with a reason',
      { ...live, state: 'connecting', problem: problem('CLUSTER_UNTRUSTED') },
      'stale',
    ],
    ['a lost cluster', stale, 'stale'],
    ['a sign-in that is not allowed', { ...live, state: 'connecting', problem: problem('CONSENT_NEEDED') }, 'refused'],
  ] as const)('%s', (_, connection, state) => {
    expect(shownState(connection)).toBe(state)
  })
})
