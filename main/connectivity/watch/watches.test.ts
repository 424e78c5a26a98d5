import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Change, CheckEvent, Result, Vantage, Watch } from '../../../preload/contract/connectivity.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { createHistory } from '../history/history.ts'
import { node, sampleResult as row, sampleReport } from '../history/sample.ts'
import { ManualClock } from './manual-clock.ts'
import type { Asked } from './scheduled-run.ts'
import { createWatches, type Watches } from './watches.ts'

const minute = 60_000
const planeId = randomUUID()
const every: Watch = { everyMinutes: 10, from: [{ kind: 'computer' }], holdSeconds: 0 }

/** A home with a network that a test changes as it goes. */
async function newWorld() {
  const home = await mkdtemp(join(tmpdir(), 'hangar-watch-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const clock = new ManualClock()
  const world = {
    home,
    clock,
    history: createHistory(home),
    /** What the next looks find; the last one stays. */
    network: [[row('a')]] as (readonly Result[] | Problem)[],
    /** Whether looks wait until they are let go. */
    held: undefined as PromiseWithResolvers<void> | undefined,
    begun: Promise.withResolvers<void>(),
    /** A vantage from which nothing can be tried. */
    lost: undefined as Vantage | undefined,
    asked: [] as Asked[],
    told: [] as (readonly Change[])[],
    open: (): Watches => {
      const watches = createWatches({
        home,
        history: world.history,
        clock,
        random: () => 0,
        tell: (_planeId, news) => world.told.push(news),
        check,
      })
      onTestFinished(() => watches.close())
      return watches
    },
  }
  async function* check(_planeId: string, asked: Asked, signal: AbortSignal): AsyncGenerator<CheckEvent> {
    signal.throwIfAborted()
    world.asked.push(asked)
    world.begun.resolve()
    const found = world.network.length > 1 ? world.network.shift() : world.network[0]
    if (world.held !== undefined) await Promise.race([world.held.promise, rejected(signal)])
    if (found instanceof Problem) throw found
    const report = sampleReport(found ?? [], new Date(clock.nowMs()).toISOString())
    const vantages = report.vantages.map((outcome) =>
      outcome.vantage === world.lost ? { ...outcome, state: 'failed' as const, message: 'It is not ready.' } : outcome,
    )
    yield { kind: 'finished', report: { ...report, vantages } }
  }
  return world
}

const rejected = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

/** The first state of the plane that fits; a schedule that never gets there lets the test time out. */
async function reached(watches: Watches, fits: (state: Awaited<ReturnType<Watches['state']>>) => boolean) {
  const stop = new AbortController()
  try {
    for await (const states of watches.states(stop.signal)) {
      const state = states.find((each) => each.planeId === planeId)
      if (state !== undefined && fits(state)) return state
    }
    throw new Error('the stream ended')
  } finally {
    stop.abort()
  }
}

const ranAt = (time: string) => (state: { readonly lastAt: string | null; readonly running: boolean }) =>
  state.lastAt === `2026-03-01T${time}.000Z` && !state.running

describe('a watch', () => {
  it('looks at once when it is set, then on its schedule, and keeps its runs', async () => {
    const world = await newWorld()
    const watches = world.open()
    await watches.start()
    expect(await watches.state(planeId)).toMatchObject({ planeId, watch: null, running: false, nextAt: null })

    await watches.set(planeId, every)
    const first = await reached(watches, ranAt('12:00:00'))
    expect(first).toMatchObject({ watch: every, nextAt: '2026-03-01T12:10:00.000Z', changes: [], problem: '' })
    world.clock.jump(10 * minute)
    await reached(watches, ranAt('12:10:00'))

    expect(await world.history.runs(planeId)).toMatchObject([{ by: 'watch' }, { by: 'watch' }])
    expect(world.asked).toEqual([
      { from: every.from, holdSeconds: 0 },
      { from: every.from, holdSeconds: 0 },
    ])
    expect(world.told).toEqual([])
  })

  it('tells a change once, and that it is over once', async () => {
    const world = await newWorld()
    const watches = world.open()
    await watches.start()
    await watches.set(planeId, every)
    await reached(watches, ranAt('12:00:00'))

    world.network = [[row('a', 'fail', 'tcp.timeout')]]
    world.clock.jump(10 * minute)
    expect((await reached(watches, ranAt('12:10:00'))).changes).toMatchObject([{ endpoint: 'a', kind: 'broke' }])
    world.clock.jump(10 * minute)
    expect((await reached(watches, ranAt('12:20:00'))).changes).toEqual([])
    world.network = [[row('a')]]
    world.clock.jump(10 * minute)
    await reached(watches, ranAt('12:30:00'))

    expect(world.told.map((news) => news.map(({ kind }) => kind))).toEqual([['broke'], ['recovered']])
    expect((await world.history.runs(planeId)).map(({ counts }) => counts.fail)).toEqual([0, 1, 1, 0])
  })

  it('does not report an endpoint that is unchanged in the recheck', async () => {
    const world = await newWorld()
    const watches = world.open()
    await watches.start()
    await watches.set(planeId, every)
    await reached(watches, ranAt('12:00:00'))

    world.network = [[row('a', 'fail', 'tcp.timeout')], [row('a')]]
    world.clock.jump(10 * minute)
    const state = await reached(watches, ranAt('12:10:00'))

    expect(state.changes).toEqual([])
    expect(world.told).toEqual([])
    expect(world.asked).toHaveLength(3)
    expect(await world.history.runs(planeId)).toHaveLength(2)
  })

  it('shows rows that came with other settings, and tells nobody', async () => {
    const world = await newWorld()
    const watches = world.open()
    await watches.start()
    await watches.set(planeId, every)
    await reached(watches, ranAt('12:00:00'))

    world.network = [[row('a'), row('new', 'fail', 'tcp.timeout')]]
    world.clock.jump(10 * minute)

    expect((await reached(watches, ranAt('12:10:00'))).changes).toMatchObject([{ kind: 'added' }])
    expect(world.told).toEqual([])
  })

  it('makes one run of all times that a sleep missed', async () => {
    const world = await newWorld()
    const watches = world.open()
    await watches.start()
    await watches.set(planeId, every)
    await reached(watches, ranAt('12:00:00'))

    world.clock.jump(8 * 60 * minute)
    const state = await reached(watches, ranAt('20:00:00'))

    expect(state.nextAt).toBe('2026-03-01T20:10:00.000Z')
    expect(world.asked).toHaveLength(2)
  })

  it('goes on in the next life of the app, and tells what changed between', async () => {
    const world = await newWorld()
    const before = world.open()
    await before.start()
    await before.set(planeId, every)
    await reached(before, ranAt('12:00:00'))
    await before.close()

    world.network = [[row('a', 'fail', 'tcp.refused')]]
    world.clock.jump(60 * minute)
    const after = world.open()
    expect(await after.state(planeId)).toMatchObject({ watch: every, lastAt: '2026-03-01T12:00:00.000Z' })
    expect(world.asked).toHaveLength(1)
    await after.start()
    world.clock.jump(3_000)
    await reached(after, ranAt('13:00:03'))

    expect(world.told).toMatchObject([[{ endpoint: 'a', kind: 'broke' }]])
  })

  it('is left alone by a host that only passes by', async () => {
    const world = await newWorld()
    const command = world.open()
    await command.set(planeId, every)
    world.clock.jump(60 * minute)

    expect((await command.state(planeId)).watch).toEqual(every)
    expect(world.asked).toEqual([])
  })

  it('reports why a run failed, and continues with the next', async () => {
    const world = await newWorld()
    const watches = world.open()
    await watches.start()
    world.network = [new Problem('VAULT_LOCKED', 'The vault is locked.'), [row('a')]]
    await watches.set(planeId, every)

    const failed = await reached(watches, ranAt('12:00:00'))
    expect(failed.problem).toBe(
      'The vault is locked. Unlock the vault with its passphrase, or start a keychain service.',
    )
    expect(await world.history.runs(planeId)).toEqual([])
    world.clock.jump(10 * minute)

    expect((await reached(watches, ranAt('12:10:00'))).problem).toBe('')
  })

  it('reports a vantage that could not be used, and what broke meanwhile once it is back', async () => {
    const world = await newWorld()
    const watches = world.open()
    await watches.start()
    const both = (verdict: 'pass' | 'fail') => [
      row('a'),
      row('a', verdict, verdict === 'fail' ? 'tcp.timeout' : '', node),
    ]
    world.network = [both('pass')]
    await watches.set(planeId, { ...every, from: [{ kind: 'computer' }, { kind: 'node', name: 'worker-1' }] })
    await reached(watches, ranAt('12:00:00'))

    world.network = [[row('a'), row('a', 'unknown', 'vantage.absent', node)]]
    world.lost = node
    world.clock.jump(10 * minute)
    const lost = await reached(watches, ranAt('12:10:00'))
    expect(lost).toMatchObject({
      changes: [],
      problem: 'From node worker-1 nothing could be checked: It is not ready.',
    })
    world.network = [both('fail')]
    world.lost = undefined
    world.clock.jump(10 * minute)
    expect(await reached(watches, ranAt('12:20:00'))).toMatchObject({ problem: '' })

    expect(world.told).toMatchObject([[{ endpoint: 'a', vantage: node, kind: 'broke' }]])
  })

  it('never runs beside a check of the user: it pauses, and runs after it', async () => {
    const world = await newWorld()
    const watches = world.open()
    await watches.start()
    world.held = Promise.withResolvers()
    await watches.set(planeId, every)
    await world.begun.promise
    expect((await reached(watches, ({ running }) => running)).lastAt).toBeNull()

    const done = watches.pause(planeId)
    const waiting = await reached(watches, ({ running }) => !running)
    expect(waiting).toMatchObject({ lastAt: null, problem: '' })
    world.held = undefined
    world.clock.jump(minute)
    expect(world.asked).toHaveLength(1)
    done()
    done()
    await reached(watches, ranAt('12:01:00'))

    expect(world.asked).toHaveLength(2)
  })

  it('that two hosts have is run by one of them', async () => {
    const world = await newWorld()
    const hosts = [world.open(), world.open()]
    await hosts[0]?.set(planeId, every)
    for (const host of hosts) await host.start()
    world.clock.jump(3_000)
    for (const host of hosts) await reached(host, ({ nextAt }) => nextAt === '2026-03-01T12:10:03.000Z')
    // Both have read the schedule by now; the one without the claim waits for the next run.
    await expect.poll(async () => (await world.history.runs(planeId)).length).toBe(1)

    expect(world.asked).toHaveLength(1)
  })

  it('that is ended ends at once, also in the midst of a run', async () => {
    const world = await newWorld()
    const watches = world.open()
    await watches.start()
    world.held = Promise.withResolvers()
    await watches.set(planeId, every)
    await world.begun.promise

    await watches.set(planeId, null)

    expect(await watches.state(planeId)).toMatchObject({ watch: null, running: false })
    expect(await readdir(join(world.home, 'connectivity', planeId))).toEqual([])
  })

  it('that is set as it is, is not begun again', async () => {
    const world = await newWorld()
    const watches = world.open()
    await watches.start()
    await watches.set(planeId, every)
    await reached(watches, ranAt('12:00:00'))
    await watches.set(planeId, every)
    await watches.set(planeId, { ...every, everyMinutes: 20 })
    await reached(watches, ({ nextAt }) => nextAt === '2026-03-01T12:20:00.000Z')

    await expect.poll(() => world.asked.length).toBe(2)
  })

  it('of a plane that is removed leaves nothing behind', async () => {
    const world = await newWorld()
    const watches = world.open()
    await watches.start()
    world.held = Promise.withResolvers()
    await watches.set(planeId, every)
    await world.begun.promise

    await watches.forget(planeId)
    await world.history.forget(planeId)

    expect(await readdir(join(world.home, 'connectivity'))).toEqual([])
  })

  it('whose file is damaged is no watch, and costs no other', async () => {
    const world = await newWorld()
    const other = randomUUID()
    const before = world.open()
    await before.set(planeId, every)
    await before.set(other, every)
    await writeFile(join(world.home, 'connectivity', other, 'watch.json'), '{"watch":')
    expect((await stat(join(world.home, 'connectivity', planeId, 'watch.json'))).mode & 0o777).toBe(0o600)

    const watches = world.open()
    await watches.start()
    world.clock.jump(3_000)
    await reached(watches, ranAt('12:00:03'))

    expect((await watches.state(other)).watch).toBeNull()
  })
})
