import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Change, CheckEvent, Result, Vantage, Watch } from '../../../preload/contract/connectivity.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { createHistory } from '../history/history.ts'
import { node, sampleResult as row, sampleReport } from '../history/sample.ts'
import { ManualClock } from './manual-clock.ts'
import type { CheckRequest } from './scheduled-run.ts'
import { Watches } from './watches.ts'

const minute = 60_000
const planeId = randomUUID()
const every: Watch = { everyMinutes: 10, from: [{ kind: 'computer' }], holdSeconds: 0 }

/** A state folder, and a network that the test changes. */
async function newSetup() {
  const home = await mkdtemp(join(tmpdir(), 'hangar-watch-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const clock = new ManualClock()
  const setup = {
    home,
    clock,
    history: createHistory(home),
    /** The results of the next checks; the last ones repeat. */
    network: [[row('a')]] as (readonly Result[] | Problem)[],
    /** If set, checks wait for it. */
    held: undefined as PromiseWithResolvers<void> | undefined,
    started: Promise.withResolvers<void>(),
    /** A vantage that cannot be used. */
    unusable: undefined as Vantage | undefined,
    requests: [] as CheckRequest[],
    notified: [] as (readonly Change[])[],
    open: (): Watches => {
      const watches = new Watches({
        home,
        history: setup.history,
        clock,
        random: () => 0,
        notify: (_planeId, news) => setup.notified.push(news),
        check,
      })
      onTestFinished(() => watches.close())
      return watches
    },
  }
  async function* check(_planeId: string, request: CheckRequest, signal: AbortSignal): AsyncGenerator<CheckEvent> {
    signal.throwIfAborted()
    setup.requests.push(request)
    setup.started.resolve()
    const outcome = setup.network.length > 1 ? setup.network.shift() : setup.network[0]
    if (setup.held !== undefined) await Promise.race([setup.held.promise, rejected(signal)])
    if (outcome instanceof Problem) throw outcome
    const report = sampleReport(outcome ?? [], new Date(clock.nowMs()).toISOString())
    const vantages = report.vantages.map((each) =>
      each.vantage === setup.unusable ? { ...each, state: 'failed' as const, message: 'It is not ready.' } : each,
    )
    yield { kind: 'finished', report: { ...report, vantages } }
  }
  return setup
}

const rejected = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

/** Resolves with the first state of the plane that matches. */
async function reached(watches: Watches, matches: (state: Awaited<ReturnType<Watches['state']>>) => boolean) {
  const stop = new AbortController()
  try {
    for await (const states of watches.states(stop.signal)) {
      const state = states.find((each) => each.planeId === planeId)
      if (state !== undefined && matches(state)) return state
    }
    throw new Error('the stream ended')
  } finally {
    stop.abort()
  }
}

const ranAt = (time: string) => (state: { readonly lastAt: string | null; readonly running: boolean }) =>
  state.lastAt === `2026-03-01T${time}.000Z` && !state.running

describe('a watch', () => {
  it('checks immediately when it is set, then at its interval, and saves its runs', async () => {
    const setup = await newSetup()
    const watches = setup.open()
    await watches.start()
    expect(await watches.state(planeId)).toMatchObject({ planeId, watch: null, running: false, nextAt: null })

    await watches.set(planeId, every)
    const first = await reached(watches, ranAt('12:00:00'))
    expect(first).toMatchObject({ watch: every, nextAt: '2026-03-01T12:10:00.000Z', changes: [], problem: '' })
    setup.clock.jump(10 * minute)
    await reached(watches, ranAt('12:10:00'))

    expect(await setup.history.runs(planeId)).toMatchObject([{ by: 'watch' }, { by: 'watch' }])
    expect(setup.requests).toEqual([
      { from: every.from, holdSeconds: 0 },
      { from: every.from, holdSeconds: 0 },
    ])
    expect(setup.notified).toEqual([])
  })

  it('notifies of a change once, and of the recovery once', async () => {
    const setup = await newSetup()
    const watches = setup.open()
    await watches.start()
    await watches.set(planeId, every)
    await reached(watches, ranAt('12:00:00'))

    setup.network = [[row('a', 'fail', 'tcp.timeout')]]
    setup.clock.jump(10 * minute)
    expect((await reached(watches, ranAt('12:10:00'))).changes).toMatchObject([{ endpoint: 'a', kind: 'broke' }])
    setup.clock.jump(10 * minute)
    expect((await reached(watches, ranAt('12:20:00'))).changes).toEqual([])
    setup.network = [[row('a')]]
    setup.clock.jump(10 * minute)
    await reached(watches, ranAt('12:30:00'))

    expect(setup.notified.map((news) => news.map(({ kind }) => kind))).toEqual([['broke'], ['recovered']])
    expect((await setup.history.runs(planeId)).map(({ counts }) => counts.fail)).toEqual([0, 1, 1, 0])
  })

  it('does not report an endpoint that is unchanged in the recheck', async () => {
    const setup = await newSetup()
    const watches = setup.open()
    await watches.start()
    await watches.set(planeId, every)
    await reached(watches, ranAt('12:00:00'))

    setup.network = [[row('a', 'fail', 'tcp.timeout')], [row('a')]]
    setup.clock.jump(10 * minute)
    const state = await reached(watches, ranAt('12:10:00'))

    expect(state.changes).toEqual([])
    expect(setup.notified).toEqual([])
    expect(setup.requests).toHaveLength(3)
    expect(await setup.history.runs(planeId)).toHaveLength(2)
  })

  it('shows new endpoints without a notification', async () => {
    const setup = await newSetup()
    const watches = setup.open()
    await watches.start()
    await watches.set(planeId, every)
    await reached(watches, ranAt('12:00:00'))

    setup.network = [[row('a'), row('new', 'fail', 'tcp.timeout')]]
    setup.clock.jump(10 * minute)

    expect((await reached(watches, ranAt('12:10:00'))).changes).toMatchObject([{ kind: 'added' }])
    expect(setup.notified).toEqual([])
  })

  it('makes one run for all times that were missed during a sleep', async () => {
    const setup = await newSetup()
    const watches = setup.open()
    await watches.start()
    await watches.set(planeId, every)
    await reached(watches, ranAt('12:00:00'))

    setup.clock.jump(8 * 60 * minute)
    const state = await reached(watches, ranAt('20:00:00'))

    expect(state.nextAt).toBe('2026-03-01T20:10:00.000Z')
    expect(setup.requests).toHaveLength(2)
  })

  it('continues after a restart of the app, and notifies of what changed meanwhile', async () => {
    const setup = await newSetup()
    const before = setup.open()
    await before.start()
    await before.set(planeId, every)
    await reached(before, ranAt('12:00:00'))
    await before.close()

    setup.network = [[row('a', 'fail', 'tcp.refused')]]
    setup.clock.jump(60 * minute)
    const after = setup.open()
    expect(await after.state(planeId)).toMatchObject({ watch: every, lastAt: '2026-03-01T12:00:00.000Z' })
    expect(setup.requests).toHaveLength(1)
    await after.start()
    setup.clock.jump(3_000)
    await reached(after, ranAt('13:00:03'))

    expect(setup.notified).toMatchObject([[{ endpoint: 'a', kind: 'broke' }]])
  })

  it('does not run in a host that did not start it', async () => {
    const setup = await newSetup()
    const command = setup.open()
    await command.set(planeId, every)
    setup.clock.jump(60 * minute)

    expect((await command.state(planeId)).watch).toEqual(every)
    expect(setup.requests).toEqual([])
  })

  it('reports why a run failed, and runs again at its interval', async () => {
    const setup = await newSetup()
    const watches = setup.open()
    await watches.start()
    setup.network = [new Problem('VAULT_LOCKED', 'The vault is locked.'), [row('a')]]
    await watches.set(planeId, every)

    const failed = await reached(watches, ranAt('12:00:00'))
    expect(failed.problem).toBe(
      'The vault is locked. Unlock the vault with its passphrase, or start a keychain service.',
    )
    expect(await setup.history.runs(planeId)).toEqual([])
    setup.clock.jump(10 * minute)

    expect((await reached(watches, ranAt('12:10:00'))).problem).toBe('')
  })

  it('reports an unusable vantage, and what broke meanwhile once the vantage is back', async () => {
    const setup = await newSetup()
    const watches = setup.open()
    await watches.start()
    const both = (verdict: 'pass' | 'fail') => [
      row('a'),
      row('a', verdict, verdict === 'fail' ? 'tcp.timeout' : '', node),
    ]
    setup.network = [both('pass')]
    await watches.set(planeId, { ...every, from: [{ kind: 'computer' }, { kind: 'node', name: 'worker-1' }] })
    await reached(watches, ranAt('12:00:00'))

    setup.network = [[row('a'), row('a', 'unknown', 'vantage.absent', node)]]
    setup.unusable = node
    setup.clock.jump(10 * minute)
    const unusable = await reached(watches, ranAt('12:10:00'))
    expect(unusable).toMatchObject({
      changes: [],
      problem: 'From node worker-1 nothing could be checked: It is not ready.',
    })
    setup.network = [both('fail')]
    setup.unusable = undefined
    setup.clock.jump(10 * minute)
    expect(await reached(watches, ranAt('12:20:00'))).toMatchObject({ problem: '' })

    expect(setup.notified).toMatchObject([[{ endpoint: 'a', vantage: node, kind: 'broke' }]])
  })

  it('pauses for a check of the user, and runs after it', async () => {
    const setup = await newSetup()
    const watches = setup.open()
    await watches.start()
    setup.held = Promise.withResolvers()
    await watches.set(planeId, every)
    await setup.started.promise
    expect((await reached(watches, ({ running }) => running)).lastAt).toBeNull()

    const resume = watches.pause(planeId)
    const waiting = await reached(watches, ({ running }) => !running)
    expect(waiting).toMatchObject({ lastAt: null, problem: '' })
    setup.held = undefined
    setup.clock.jump(minute)
    expect(setup.requests).toHaveLength(1)
    resume()
    resume()
    await reached(watches, ranAt('12:01:00'))

    expect(setup.requests).toHaveLength(2)
  })

  it('is run by one of two hosts', async () => {
    const setup = await newSetup()
    const hosts = [setup.open(), setup.open()]
    await hosts[0]?.set(planeId, every)
    for (const host of hosts) await host.start()
    setup.clock.jump(3_000)
    for (const host of hosts) await reached(host, ({ nextAt }) => nextAt === '2026-03-01T12:10:03.000Z')
    // Both have read the schedule by now; the one without the claim waits for the next run.
    await expect.poll(async () => (await setup.history.runs(planeId)).length).toBe(1)

    expect(setup.requests).toHaveLength(1)
  })

  it('ends immediately, also during a run', async () => {
    const setup = await newSetup()
    const watches = setup.open()
    await watches.start()
    setup.held = Promise.withResolvers()
    await watches.set(planeId, every)
    await setup.started.promise

    await watches.set(planeId, null)

    expect(await watches.state(planeId)).toMatchObject({ watch: null, running: false })
    expect(await readdir(join(setup.home, 'connectivity', planeId))).toEqual([])
  })

  it('does not run again when it is set without a change', async () => {
    const setup = await newSetup()
    const watches = setup.open()
    await watches.start()
    await watches.set(planeId, every)
    await reached(watches, ranAt('12:00:00'))
    await watches.set(planeId, every)
    await watches.set(planeId, { ...every, everyMinutes: 20 })
    await reached(watches, ({ nextAt }) => nextAt === '2026-03-01T12:20:00.000Z')

    await expect.poll(() => setup.requests.length).toBe(2)
  })

  it('leaves no files when its plane is removed', async () => {
    const setup = await newSetup()
    const watches = setup.open()
    await watches.start()
    setup.held = Promise.withResolvers()
    await watches.set(planeId, every)
    await setup.started.promise

    await watches.forget(planeId)
    await setup.history.forget(planeId)

    expect(await readdir(join(setup.home, 'connectivity'))).toEqual([])
  })

  it.each([
    ['not signed, as those of former versions', (text: string) => text.replace(/,"mac":"[\w-]{43}"/, '')],
    ['changed', (text: string) => text.replace('"computer"', '"node"')],
  ])('is shown and does not run if its file was %s, until it is set again', async (_how, change) => {
    const setup = await newSetup()
    await setup.open().set(planeId, every)
    const file = join(setup.home, 'connectivity', planeId, 'watch.json')
    await writeFile(file, change(await readFile(file, 'utf8')))
    const watches = setup.open()
    await watches.start()
    setup.clock.jump(60 * minute)
    const state = await reached(watches, ({ problem }) => problem !== '')

    expect(state).toMatchObject({ watch: { everyMinutes: 10 }, nextAt: null, running: false })
    expect(state.problem).toContain('did not write this schedule')
    expect(setup.requests).toEqual([])
    await watches.set(planeId, every)
    expect((await reached(watches, ({ lastAt, running }) => lastAt !== null && !running)).problem).toBe('')
    expect(setup.requests).toHaveLength(1)
  })

  it('is compared with no run that does not verify, and notifies of nothing that such a run suggests', async () => {
    const setup = await newSetup()
    const before = setup.open()
    await before.start()
    await before.set(planeId, every)
    await reached(before, ranAt('12:00:00'))
    await before.close()
    const folder = join(setup.home, 'connectivity', planeId, 'runs')
    const [name = ''] = await readdir(folder)
    const text = await readFile(join(folder, name), 'utf8')
    await writeFile(join(folder, name), text.replaceAll('"verdict":"pass"', '"verdict":"fail"'))
    setup.history = createHistory(setup.home)
    const after = setup.open()
    await after.start()
    setup.clock.jump(60 * minute)
    const state = await reached(
      after,
      ({ lastAt, running }) => lastAt !== null && lastAt > '2026-03-01T12:30' && !running,
    )

    expect(state.changes).toEqual([])
    expect(setup.notified).toEqual([])
  })

  it('is absent if its file is damaged, and other watches run', async () => {
    const setup = await newSetup()
    const other = randomUUID()
    const before = setup.open()
    await before.set(planeId, every)
    await before.set(other, every)
    await writeFile(join(setup.home, 'connectivity', other, 'watch.json'), '{"watch":')
    expect((await stat(join(setup.home, 'connectivity', planeId, 'watch.json'))).mode & 0o777).toBe(0o600)

    const watches = setup.open()
    await watches.start()
    setup.clock.jump(3_000)
    await reached(watches, ranAt('12:00:03'))

    expect((await watches.state(other)).watch).toBeNull()
  })
})
