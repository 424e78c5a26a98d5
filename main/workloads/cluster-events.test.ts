import { describe, expect, it } from 'vitest'
import { newest, toClusterEvent } from './cluster-events.ts'

const event = (more: Record<string, unknown>) =>
  toClusterEvent({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' },
    ...more,
  })

describe('a cluster event', () => {
  it.each([
    [
      'has the time of its series',
      { series: { lastObservedTime: '2026-01-04T00:00:00.000001Z', count: 9 }, lastTimestamp: '2026-01-03T00:00:00Z' },
      '2026-01-04T00:00:00.000001Z',
      9,
    ],
    [
      'has its last timestamp',
      { lastTimestamp: '2026-01-03T00:00:00Z', eventTime: '2026-01-02T00:00:00Z', count: 4 },
      '2026-01-03T00:00:00Z',
      4,
    ],
    [
      'without a last timestamp has its event time',
      { lastTimestamp: null, eventTime: '2026-01-02T00:00:00Z' },
      '2026-01-02T00:00:00Z',
      1,
    ],
    ['without any time has its creation time', {}, '2026-01-01T00:00:00Z', 1],
  ])('%s', (_, given, at, count) => {
    expect(event(given)).toMatchObject({ at, count })
  })

  it('names its object', () => {
    const involvedObject = { kind: 'Pod', namespace: 'plane', name: 'gateway-x', uid: 'p' }

    expect(event({ involvedObject }).object).toEqual({ kind: 'Pod', namespace: 'plane', name: 'gateway-x' })
  })
})

describe('newest', () => {
  it('sorts by time, not by text, up to the limit', () => {
    const early = event({ lastTimestamp: '2026-01-03T02:00:00+02:00' })
    const late = event({ lastTimestamp: '2026-01-03T00:30:00Z' })

    expect(newest([early, late, early], 2)).toEqual([late, early])
  })
})
