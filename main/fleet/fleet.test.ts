import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { PlaneSummary } from '../../preload/contract/fleet.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import type { ComponentStatus, WorkloadsEvent } from '../../preload/contract/workloads.ts'
import { recordKey } from '../lib/signed-lines.ts'
import { createFleet, type Fleet, type FleetPorts } from './fleet.ts'
import { createFleetRecords } from './record.ts'

const north = '0b8f6c1e-52a4-4f5e-9d3c-2f1a6b7c8d90'
const south = '6a1d2c3b-9e8f-4a7b-8c6d-5e4f3a2b1c0d'
const never = new AbortController().signal
const asOf = '2026-03-01T12:00:00Z'
const plane = (id: string, name: string): Plane => ({
  id,
  name,
  profile: 'demo',
  contextId: name,
  contextName: name,
  managementModel: 'self',
  settings: {},
  overridden: [],
  createdAt: '2026-01-01T00:00:00Z',
  installedAt: '2026-01-01T00:00:00Z',
})
const state = (
  health: ComponentStatus['health'],
  connection: Partial<Extract<WorkloadsEvent, { kind: 'delta' }>['connection']> = {},
): WorkloadsEvent => ({
  kind: 'delta',
  asOf,
  connection: { state: 'live', since: asOf, ...connection },
  components: [{ id: 'agent', title: 'Agent', summary: '', providedBy: 'release', health, reason: '', objects: [] }],
  changed: [],
  removed: [],
})
const refused = { code: 'CLUSTER_UNTRUSTED', message: 'Not trusted.', hint: '', evidence: '' }

let home: string
let nowMs: number
let watched: string[]
let fleet: Fleet
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hangar-fleet-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  nowMs = Date.parse('2026-03-01T12:20:00Z')
  watched = []
  fleet = open()
})

const open = (more: Partial<FleetPorts> = {}): Fleet =>
  createFleet({
    records: createFleetRecords(join(home, 'fleet'), recordKey(home)),
    planes: async () => [plane(north, 'north'), plane(south, 'south')],
    runs: async () => [],
    faults: async () => undefined,
    async *watch(planeId) {
      watched.push(planeId)
      yield planeId === north ? state('degraded') : state('unknown', { state: 'connecting', problem: refused })
    },
    version: async () => 'v1.36.2',
    checkConnections: async () => undefined,
    now: () => nowMs,
    ...more,
  })

async function summaries(of: Fleet): Promise<Record<string, PlaneSummary>> {
  const end = new AbortController()
  for await (const { planes } of of.watch(end.signal)) {
    end.abort()
    return Object.fromEntries(planes.map((summary) => [summary.planeId, summary]))
  }
  return {}
}
const verdictNow = (summary: PlaneSummary | undefined) => summary?.hours.at(-1)?.verdict

describe('the fleet', () => {
  it('lists every plane at once, and connects to none', async () => {
    const all = await summaries(fleet)
    expect(Object.keys(all)).toEqual([north, south])
    expect(all[north]).toMatchObject({ observation: null, observedAt: null, checking: false })
    expect(watched).toEqual([])
  })

  it('a check reads the state of the planes that it names, and why a cluster is unreachable', async () => {
    await fleet.check({ planeIds: [north, south], connections: false }, never)
    const all = await summaries(fleet)
    expect(all[north]?.observation).toMatchObject({ asOf, version: 'v1.36.2', components: [{ health: 'degraded' }] })
    expect(all[south]?.observation?.problem?.code).toBe('CLUSTER_UNTRUSTED')
    expect([verdictNow(all[north]), verdictNow(all[south])]).toEqual(['failing', 'unreachable'])
  })

  it('records what a plane that is open in the window reports', async () => {
    await fleet.observed(north, state('healthy'))
    expect(verdictNow((await summaries(fleet))[north])).toBe('healthy')
  })

  it('records no progress that ends within a moment, and progress that lasts', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const recorded: string[] = []
      const of = open({
        observed: async (_planeId, _before, { components }) => {
          recorded.push(components[0]?.health ?? '')
        },
      })
      await of.observed(north, state('healthy'))
      await of.observed(north, state('progressing'))
      vi.advanceTimersByTime(9_000)
      await of.observed(north, state('healthy'))
      await of.observed(north, state('progressing'))
      vi.advanceTimersByTime(9_000)
      expect(recorded).toEqual(['healthy'])
      vi.advanceTimersByTime(1_000)
      await vi.waitFor(() => expect(recorded).toEqual(['healthy', 'progressing']))
      await of.close()
    } finally {
      vi.useRealTimers()
    }
  })

  it('what was known before a connection is no observation', async () => {
    await fleet.observed(north, state('healthy', { state: 'stale' }))
    await fleet.observed(south, state('unknown', { state: 'connecting' }))
    expect(Object.values(await summaries(fleet)).map(({ observation }) => observation)).toEqual([null, null])
  })

  it('is known after a restart; hours without an observation stay empty', async () => {
    await fleet.observed(north, state('degraded'))
    await fleet.close()
    nowMs += 2 * 3_600_000

    const again = open()
    await again.observed(north, state('healthy'))
    const { observation, hours } = (await summaries(again))[north] ?? {}
    expect(observation?.components[0]?.health).toBe('healthy')
    expect(hours?.slice(-3).map(({ verdict }) => verdict)).toEqual(['failing', null, 'healthy'])
  })

  it('a record that was changed, or that is of another plane, says nothing', async () => {
    await fleet.observed(north, state('degraded'))
    await fleet.close()
    const [file = ''] = readdirSync(join(home, 'fleet'))
    const text = readFileSync(join(home, 'fleet', file), 'utf8')
    writeFileSync(join(home, 'fleet', file), text.replace('degraded', 'healthy'))
    writeFileSync(join(home, 'fleet', `${south}.json`), text)

    const all = await summaries(open())
    expect(Object.values(all).map(({ observation }) => observation)).toEqual([null, null])
  })

  it('leaves out runs that do not verify', async () => {
    const counts = { pass: 0, warn: 0, fail: 2, skipped: 0, unknown: 0 }
    const run = { startedAt: '2026-03-01T12:10:00Z', endedAt: '2026-03-01T12:10:01Z', vantages: [], counts }
    const of = (verified: boolean) => ({ ...run, runId: north, by: 'person' as const, verified })
    const all = await summaries(open({ runs: async (id) => [of(id === north)] }))
    expect([all[north]?.runs.length, verdictNow(all[north])]).toEqual([1, 'failing'])
    expect([all[south]?.runs.length, verdictNow(all[south])]).toEqual([0, null])
  })

  it('shows a run as soon as it is saved', async () => {
    let fail = 2
    const run = { startedAt: '2026-03-01T12:10:00Z', endedAt: '2026-03-01T12:10:01Z', vantages: [], runId: north }
    const counts = () => ({ pass: 1, warn: 0, fail, skipped: 0, unknown: 0 })
    const watching = open({ runs: async () => [{ ...run, counts: counts(), by: 'person', verified: true }] })
    const end = AbortSignal.timeout(5_000)
    const seen: (number | undefined)[] = []
    for await (const { planes } of watching.watch(end)) {
      seen.push(planes[0]?.runs[0]?.counts.fail)
      if (seen.length === 2) break
      fail = 0
      watching.runSaved(north)
    }
    expect(seen).toEqual([2, 0])
  })

  it('names the endpoints that failed, and reads them again only after a check of the plane', async () => {
    const run = { startedAt: '2026-03-01T12:10:00Z', endedAt: '2026-03-01T12:10:01Z', vantages: [], runId: north }
    const counts = { pass: 1, warn: 0, fail: 1, skipped: 0, unknown: 0 }
    const hub = { endpoint: 'hub', title: 'Event hub', verdict: 'fail' as const, cause: 'tcp.timeout' }
    let read = 0
    const watching = open({
      runs: async (id) => (id === north ? [{ ...run, counts, by: 'person', verified: true }] : []),
      faults: async () => (++read === 1 ? [hub] : []),
    })
    expect((await summaries(watching))[north]?.faults).toEqual([hub])
    const again = await summaries(watching)
    expect([again[north]?.faults, again[south]?.faults, read]).toEqual([[hub], undefined, 1])
    watching.runSaved(north)
    expect((await summaries(watching))[north]?.faults).toEqual([])
  })

  it('checks also the connections, if they are wanted', async () => {
    const checked: string[] = []
    const checking = open({
      checkConnections: async (planeId) => {
        checked.push(planeId)
      },
    })
    await checking.check({ planeIds: [north], connections: false }, never)
    expect(checked).toEqual([])
    await checking.check({ planeIds: [north], connections: true }, never)
    expect(checked).toEqual([north])
  })

  it('a forgotten plane leaves no record', async () => {
    await fleet.observed(north, state('healthy'))
    await fleet.close()
    await fleet.forget(north)
    expect(readdirSync(join(home, 'fleet'))).toEqual([])
  })
})
