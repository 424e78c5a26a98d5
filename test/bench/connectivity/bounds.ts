import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { checkEndpoints } from '../../../main/connectivity/connectivity.ts'
import type { CheckEvent, Result } from '../../../preload/contract/connectivity.ts'
import { EndpointList } from '../../../preload/contract/profiles.ts'
import { serveNames, zoneOf } from '../../connectivity/servers/dns.ts'
import { json, servePage } from '../../connectivity/servers/http.ts'
import { withLifetime } from '../../connectivity/servers/lifetime.ts'
import { authority, name, serve } from '../../connectivity/servers/serve.ts'
import { serveUnresponsive } from '../../connectivity/servers/unresponsive.ts'
import { median, type Row } from '../benchmark.ts'

type EndpointFields = Readonly<Record<string, unknown>>

const listOf = (rows: readonly EndpointFields[], resolver: string): EndpointList =>
  EndpointList.parse({
    resolver,
    settings: { ca: authority.certificate },
    endpoints: rows.map((row, index) => ({
      id: `row-${index}`,
      component: 'agent',
      host: name,
      protocol: 'https',
      clientProfile: { trust: { setting: 'ca' } },
      ...row,
    })),
  })

/** The whole check of a list, as `hangar check --endpoints` runs it. Returns its duration in ms. */
async function run(
  list: EndpointList,
  wanted: string,
  signal: AbortSignal,
  onResult: (count: number, result: Result) => void = () => undefined,
): Promise<number> {
  const startedAt = performance.now()
  let results = 0
  for await (const event of checkEndpoints(list, { env: {} }, signal)) {
    if (event.kind !== 'result') continue
    results += 1
    if (`${event.result.verdict} ${event.result.cause}`.trim() !== wanted)
      throw new Error(`not ${wanted}: ${JSON.stringify(event.result)}`)
    onResult(results, event.result)
  }
  if (results !== list.endpoints.length) throw new Error(`${results} results of ${list.endpoints.length}`)
  return performance.now() - startedAt
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)
const here = async (): Promise<string> => (await serveNames(zoneOf({ [name]: ['127.0.0.1'] }))).address

const goodRows = 30
const samples = 5

/**
 * All endpoints pass, on loopback. The server runs in the same process, so its time is included. The time of a row is that of
 * its stages: rows that waited for each other would take many times that of the slowest.
 */
async function good(signal: AbortSignal): Promise<Row[]> {
  const taken = await withLifetime(async () => {
    const far = await servePage(json({}))
    const list = listOf(
      times(goodRows, () => ({ port: far.port })),
      await here(),
    )
    await run(list, 'pass', signal) // loads the root certificates of the machine, as the first check does
    return inTurn(
      times(samples, () => list),
      async (each) => {
        let slowest = 0
        const all = await run(each, 'pass', signal, (_count, { stages }) => {
          slowest = Math.max(
            slowest,
            stages.reduce((sum, { ms }) => sum + ms, 0),
          )
        })
        return { all, ratio: all / slowest }
      },
    )
  })
  const metric = `${goodRows} good rows on loopback, median of ${samples}`
  const [all, ratio] = [median(taken.map((each) => each.all)), median(taken.map((each) => each.ratio))]
  return [
    { metric, subject: 'Hangar', unit: 'ms', value: all, goal: 1_500 },
    { metric: `${metric}, to the slowest row`, subject: 'Hangar', unit: 'times', value: ratio, goal: 2 },
  ]
}

/** No server responds: the kernel drops connections over a full backlog, and a DNS server is silent. */
async function blackHoled(rows: number, signal: AbortSignal): Promise<Row> {
  const took = await withLifetime(async () => {
    const port = await serveUnresponsive()
    const list = listOf(
      times(rows, () => ({ host: '127.0.0.1', port })),
      await here(),
    )
    return run(list, 'fail tcp.timeout', signal)
  })
  return { metric: `${rows} rows, every packet dropped`, subject: 'Hangar', unit: 'ms', value: took, goal: 15_000 }
}

async function unanswered(rows: number, signal: AbortSignal): Promise<Row> {
  const took = await withLifetime(async () => {
    const { address } = await serveNames(() => 'silence')
    return run(
      listOf(
        times(rows, () => ({})),
        address,
      ),
      'fail dns.timeout',
      signal,
    )
  })
  return { metric: `${rows} rows, no name answered`, subject: 'Hangar', unit: 'ms', value: took, goal: 15_000 }
}

const memoryRows = 1_000
const earlyRows = 200
const megabyte = 2 ** 20

/** Memory of the JavaScript heap after garbage collection, and of the whole process. */
function memory(): { readonly heap: number; readonly rss: number } {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
  const { heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed / megabyte, rss: rss / megabyte }
}

/** Only the results may stay in memory, some kilobytes each, because the report has them. */
async function flat(signal: AbortSignal): Promise<Row[]> {
  return withLifetime(async () => {
    const far = await servePage(json({}))
    const list = listOf(
      times(memoryRows, () => ({ port: far.port })),
      await here(),
    )
    await run(list, 'pass', signal) // so that everything that is created once exists
    let early = memory()
    let late = early
    await run(list, 'pass', signal, (count) => {
      if (count === earlyRows) early = memory()
      if (count === memoryRows) late = memory()
    })
    const metric = `of ${memoryRows} good rows: growth from the ${earlyRows}th to the last`
    return [
      { metric: `heap, ${metric}`, subject: 'Hangar', unit: 'MiB', value: late.heap - early.heap, goal: 20 },
      { metric: `resident memory, ${metric}`, subject: 'Hangar', unit: 'MiB', value: late.rss - early.rss, goal: 100 },
    ]
  })
}

/** From the abort until the stream has ended, with 300 endpoints in every stage. */
async function cancelled(signal: AbortSignal): Promise<Row> {
  const took = await withLifetime(async () => {
    const [mute, deaf] = [await serve((socket) => void socket.resume()), await serveUnresponsive()]
    const far = await servePage(json({}))
    const rows = times(100, () => [{ port: mute.port }, { host: '127.0.0.1', port: deaf }, { port: far.port }]).flat()
    const stop = new AbortController()
    const events = checkEndpoints(listOf(rows, await here()), { env: {} }, AbortSignal.any([stop.signal, signal]))
    let stoppedAt = Number.NaN
    setTimeout(() => {
      stoppedAt = performance.now()
      stop.abort()
    }, 1_000)
    await drain(events)
    return performance.now() - stoppedAt
  })
  return {
    metric: 'from cancelling 300 endpoints under way until all has ended',
    subject: 'Hangar',
    unit: 'ms',
    value: took,
    goal: 200,
  }
}

async function drain(events: AsyncGenerator<CheckEvent>): Promise<void> {
  try {
    for await (const _event of events);
  } catch {
    return // cancelled, which is measured
  }
  throw new Error('the check ended before it was cancelled')
}

export async function bounds(signal: AbortSignal): Promise<Row[]> {
  return [
    ...(await good(signal)),
    ...(await inTurn([30, 300, 1_000], (rows) => blackHoled(rows, signal))),
    ...(await inTurn([30, 1_000], (rows) => unanswered(rows, signal))),
    ...(await flat(signal)),
    await cancelled(signal),
  ]
}

async function inTurn<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of items) results.push(await act(item))
  return results
}
