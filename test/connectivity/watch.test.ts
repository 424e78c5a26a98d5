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

/** A server that can be started again where it was. */
const start = (port = 0): Promise<TestServer> =>
  listen(
    createServer(
      tlsOptions(),
      answering(() => json({})),
    ),
    '127.0.0.1',
    port,
  )

/** A plane of two endpoints, whose servers are this machine's. */
async function newPlane(ports: Readonly<Record<string, number>>, onCheck: () => void = () => undefined) {
  const home = await mkdtemp(join(tmpdir(), 'hangar-watch-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const planeId = randomUUID()
  const clock = new ManualClock()
  const told: (readonly Change[])[] = []
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
    tell: (_planeId, news) => told.push(news),
    rowsOf: async (asked) => {
      if (asked !== planeId) throw new Problem('PLANE_UNKNOWN', 'There is no such plane.')
      onCheck()
      return { endpoints, settings: { ca: authority.certificate }, componentTitles: {}, folder: home }
    },
    credentialOf: () => Promise.resolve(undefined),
  })
  onTestFinished(() => connectivity.close())
  await connectivity.startWatches()
  return { planeId, clock, told, connectivity }
}

/** The watch once its latest run is over. */
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
  it('tells that one was stopped, and that it is back: each once', async () => {
    const [agent, broker] = await Promise.all([start(), start()])
    const { planeId, clock, told, connectivity } = await newPlane({ agent: agent.port, broker: broker.port })
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

    expect(told).toEqual([stopped.changes, recovered.changes])
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

  it('says nothing of a server that was away at the first look alone, but in its row', async () => {
    const server = createServer(
      tlsOptions(),
      answering(() => json({})),
    )
    let looks = 0
    let away: number | undefined
    const front = await serve((socket) => {
      if (looks === away) socket.resetAndDestroy()
      else server.emit('connection', socket)
    })
    const { planeId, clock, told, connectivity } = await newPlane({ agent: front.port }, () => {
      looks += 1
    })
    await connectivity.setWatch({ planeId, watch: everyTen })
    const first = await nextRun(connectivity, null)
    away = looks + 1

    clock.jump(11 * minute)
    const flapped = await nextRun(connectivity, first.lastAt)

    expect(looks).toBe(away + 1)
    expect(flapped.changes).toEqual([])
    expect(told).toEqual([])
    const [row] = (await connectivity.last(planeId))?.results ?? []
    expect(row).toMatchObject({ verdict: 'pass' })
    expect(row === undefined ? '' : evidenceOf(row)).toMatch(
      /The first check of this run, at 20.*Z, it failed: (tcp|tls)\.\w+\./,
    )
  })

  it('comes after a check that a person asked for, and keeps both', async () => {
    const agent = await start()
    const { planeId, connectivity } = await newPlane({ agent: agent.port })
    const person = connectivity.check({ planeId }, new AbortController().signal)
    expect((await person.next()).value).toMatchObject({ kind: 'started' })
    await connectivity.setWatch({ planeId, watch: everyTen })
    expect((await connectivity.watch(planeId)).lastAt).toBeNull()

    for await (const _ of person) if ((await connectivity.watch(planeId)).running) expect.fail('two runs at once')
    await nextRun(connectivity, null)

    expect((await connectivity.runs(planeId)).map(({ by }) => by)).toEqual(['watch', 'person'])
  })

  it('is not set for a plane that there is not', async () => {
    const { connectivity } = await newPlane({})

    await expect(connectivity.setWatch({ planeId: randomUUID(), watch: everyTen })).rejects.toMatchObject({
      code: 'PLANE_UNKNOWN',
    })
  })
})
