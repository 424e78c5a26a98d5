import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Connectivity, createConnectivity } from '../../main/connectivity/connectivity.ts'
import { ManualClock } from '../../main/connectivity/watch/manual-clock.ts'
import type { Change, Watch, WatchState } from '../../preload/contract/connectivity.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { Endpoint } from '../../preload/contract/profiles.ts'
import { evidenceOf } from './check.ts'
import { answering, json } from './servers/http.ts'
import { authority, listen, serve, type TestServer, tlsOptions } from './servers/serve.ts'

const minute = 60_000
const everyTen: Watch = { everyMinutes: 10, from: [{ kind: 'computer' }], holdSeconds: 0 }

/** A server that can be restarted on its port. */
const start = (port = 0): Promise<TestServer> =>
  listen(
    createServer(
      tlsOptions(),
      answering(() => json({})),
    ),
    '127.0.0.1',
    port,
  )

/** A plane whose endpoints are servers on this computer. */
async function newPlane(ports: Readonly<Record<string, number>>, onCheck: () => void = () => undefined) {
  const home = await mkdtemp(join(tmpdir(), 'hangar-watch-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const planeId = randomUUID()
  const clock = new ManualClock()
  const notified: (readonly Change[])[] = []
  const endpoints = Object.entries(ports).map(([id, port]) =>
    Endpoint.parse({
      id,
      component: 'agent',
      host: 'localhost',
      port,
      protocol: 'https',
      clientProfile: { trust: { setting: 'ca' } },
    }),
  )
  const connectivity = createConnectivity({
    home,
    env: {},
    clock,
    notify: (_planeId, news) => notified.push(news),
    rowsOf: async (id) => {
      if (id !== planeId) throw new Problem('PLANE_UNKNOWN', 'There is no such plane.')
      onCheck()
      return { endpoints, settings: { ca: authority.certificate }, componentTitles: {}, folder: home }
    },
    credentialOf: () => Promise.resolve(undefined),
  })
  onTestFinished(() => connectivity.close())
  await connectivity.startWatches()
  return { planeId, clock, notified, connectivity }
}

/** The state of the watch after its next run. */
async function nextRun(connectivity: Connectivity, lastAt: string | null): Promise<WatchState> {
  const stop = new AbortController()
  try {
    for await (const [state] of connectivity.watches(stop.signal)) {
      if (state !== undefined && !state.running && state.lastAt !== null && state.lastAt !== lastAt) return state
    }
    throw new Error('the stream ended')
  } finally {
    stop.abort()
  }
}

describe('a watch over real servers', () => {
  it('notifies once that a server stopped, and once that it recovered', async () => {
    const [agent, broker] = await Promise.all([start(), start()])
    const { planeId, clock, notified, connectivity } = await newPlane({ agent: agent.port, broker: broker.port })
    await connectivity.setWatch({ planeId, watch: everyTen })
    const first = await nextRun(connectivity, null)
    expect(first).toMatchObject({ changes: [], problem: '' })

    await broker.close()
    clock.jump(11 * minute)
    const stopped = await nextRun(connectivity, first.lastAt)
    expect(stopped.changes).toMatchObject([
      { endpoint: 'broker', kind: 'broke', message: 'passed, now fails: tcp.refused', vantage: { kind: 'computer' } },
    ])
    clock.jump(11 * minute)
    const still = await nextRun(connectivity, stopped.lastAt)
    expect(still.changes).toEqual([])

    await start(broker.port)
    clock.jump(11 * minute)
    const recovered = await nextRun(connectivity, still.lastAt)
    expect(recovered.changes).toMatchObject([{ endpoint: 'broker', kind: 'recovered' }])

    expect(notified).toEqual([stopped.changes, recovered.changes])
    const runs = await connectivity.runs(planeId)
    expect(runs.map(({ by, counts }) => `${by} ${counts.pass} ${counts.fail}`)).toEqual([
      'watch 2 0',
      'watch 1 1',
      'watch 1 1',
      'watch 2 0',
    ])
    const [newest, , , oldest] = runs.map(({ runId }) => runId)
    expect(await connectivity.compare({ planeId, before: oldest ?? '', after: newest ?? '' })).toMatchObject({
      changes: [],
      unchanged: 2,
    })
  })

  it('does not notify of a server that failed only the first check, which the evidence mentions', async () => {
    const server = createServer(
      tlsOptions(),
      answering(() => json({})),
    )
    let checks = 0
    let failing: number | undefined
    const front = await serve((socket) => {
      if (checks === failing) socket.resetAndDestroy()
      else server.emit('connection', socket)
    })
    const { planeId, clock, notified, connectivity } = await newPlane({ agent: front.port }, () => {
      checks += 1
    })
    await connectivity.setWatch({ planeId, watch: everyTen })
    const first = await nextRun(connectivity, null)
    failing = checks + 1

    clock.jump(11 * minute)
    const flapped = await nextRun(connectivity, first.lastAt)

    expect(checks).toBe(failing + 1)
    expect(flapped.changes).toEqual([])
    expect(notified).toEqual([])
    const [row] = (await connectivity.last(planeId))?.results ?? []
    expect(row).toMatchObject({ verdict: 'pass' })
    expect(row === undefined ? '' : evidenceOf(row)).toMatch(
      /In the first check of this run, at 20.*Z, it failed: (tcp|tls)\.\w+\./,
    )
  })

  it('runs after a check of the user, and both are saved', async () => {
    const agent = await start()
    const { planeId, connectivity } = await newPlane({ agent: agent.port })
    const userCheck = connectivity.check({ planeId }, new AbortController().signal)
    expect((await userCheck.next()).value).toMatchObject({ kind: 'started' })
    await connectivity.setWatch({ planeId, watch: everyTen })
    expect((await connectivity.watch(planeId)).lastAt).toBeNull()

    for await (const _ of userCheck) if ((await connectivity.watch(planeId)).running) expect.fail('two runs at once')
    await nextRun(connectivity, null)

    expect((await connectivity.runs(planeId)).map(({ by }) => by)).toEqual(['watch', 'person'])
  })

  it('is rejected for an unknown plane', async () => {
    const { connectivity } = await newPlane({})

    await expect(connectivity.setWatch({ planeId: randomUUID(), watch: everyTen })).rejects.toMatchObject({
      code: 'PLANE_UNKNOWN',
    })
  })
})
