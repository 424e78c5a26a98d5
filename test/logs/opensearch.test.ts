import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { engineThrough } from '../../main/logs/engine/ask.ts'
import { engineLines } from '../../main/logs/engine/compared-queries.ts'
import { podsOf } from '../../main/logs/engine/containers.ts'
import { fetchLogs } from '../../main/logs/engine/fetch.ts'
import { searchEngine } from '../../main/logs/engine/search.ts'
import { type OpenSearchService, proxyPath } from '../../main/logs/engine/service.ts'
import { LogStore } from '../../main/logs/store/store.ts'
import type { EngineFetchEvent } from '../../preload/contract/logs.ts'
import { apiOf } from '../bed/access.ts'
import type { Api } from '../bed/api.ts'
import { type Bed, build, startBed } from '../bed/bed.ts'
import { missingForOpenSearch } from '../bed/opensearch-program.ts'
import { missingPrograms } from '../bed/programs.ts'
import { shellPod, skipReason } from '../bed/with-bed.ts'
import { compareWithStore } from './compared-with-store.ts'
import { logPlane, ordersSource } from './log-plane.ts'
import { createService, ownAddress, type Running, relay, startOpenSearch } from './opensearch-server.ts'

const isBuiltOrMayBe = missingPrograms(['opensearch']).length === 0 || process.env.HANGAR_LONG === '1'
const address = ownAddress()
const reason = isBuiltOrMayBe
  ? skipReason('simulated') || missingForOpenSearch() || (address === undefined ? '(this computer has no address)' : '')
  : '(not built yet: npm run test:long builds it)'
const buildLimitMs = 600_000
const limit = () => AbortSignal.timeout(60_000)

const service: OpenSearchService = {
  kind: 'opensearch',
  namespace: 'default',
  name: 'opensearch',
  port: 9_200,
  isTls: false,
  index: 'container-logs-*',
}
const isLong = process.env.HANGAR_LONG === '1'
const lineCount = isLong ? 6_000 : 1_500
/** Each query asks for the lines around each of its hits. */
const comparedLines = isLong ? 400 : 66
const spanMs = 90 * 60_000

/** The first is compared in each run, the others in long ones. */
const mappings: readonly [string, string, object, number][] = [
  ['that OpenSearch has made', 'compared-dynamic', {}, 1],
  ['with a wildcard field', 'compared-wildcard', { log: { type: 'wildcard' } }, 1],
  [
    'in nanoseconds and two shards',
    'compared-nanos',
    { '@timestamp': { type: 'date_nanos' }, log: { type: 'match_only_text' } },
    2,
  ],
]

describe.skipIf(reason !== '')(`an OpenSearch behind an API server${reason && ` ${reason}`}`, () => {
  let bed: Bed
  let api: Api
  let client: KubernetesClient
  let folder: string
  let openSearch: Running
  const relays: Awaited<ReturnType<typeof relay>>[] = []
  const fromMs = Date.now() - spanMs

  const send = (method: string, path: string, body: unknown, contentType?: string): Promise<{ errors?: boolean }> =>
    client.request(method, `${proxyPath(service)}${path}`, { body, contentType, timeoutMs: 60_000 }, limit())

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-opensearch-'))
    await build(['opensearch'], { signal: AbortSignal.timeout(buildLimitMs) })
    bed = await startBed({ pods: 'simulated' }, AbortSignal.timeout(120_000))
    api = await apiOf(bed)
    client = await openCluster({ files: [bed.kubeconfig], contextName: bed.name, environment: {} })
    openSearch = await startOpenSearch(join(folder, 'opensearch'), AbortSignal.timeout(200_000))
    await serve('opensearch', openSearch.port)
    for (const name of ['orders-0', 'orders-1']) {
      const metadata = { name, namespace: 'default', labels: { app: 'orders' } }
      await api.create('/api/v1/namespaces/default/pods', { ...shellPod(name, 'true'), metadata }, limit())
    }
  }, buildLimitMs)

  afterAll(async () => {
    await client?.close()
    for (const each of relays) await each[Symbol.asyncDispose]()
    await openSearch?.stop()
    await bed?.down()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  /** Makes a port of this computer a service of the cluster. */
  async function serve(name: string, port: number): Promise<void> {
    const opened = await relay(address ?? '', port)
    relays.push(opened)
    await createService(api, name, { address: address ?? '', port: opened.port }, limit())
  }

  interface Line {
    readonly atMs: number
    /** Within its millisecond. */
    readonly ns?: bigint
    readonly pod: string
    readonly container: string
    readonly log: string
  }

  /** As Fluent Bit sends them with `Logstash_Format On`. */
  async function index(name: string, lines: readonly Line[]): Promise<void> {
    for (let from = 0; from < lines.length; from += 3_000) {
      const body = lines.slice(from, from + 3_000).map(({ atMs, ns, pod, container, log }) => {
        const time = new Date(atMs).toISOString()
        const fine = ns === undefined ? time : time.replace('Z', `${String(ns).padStart(6, '0')}Z`)
        const kubernetes = { namespace_name: 'default', pod_name: pod, container_name: container, labels: { app: 'x' } }
        return `{"create":{}}\n${JSON.stringify({ '@timestamp': fine, log, stream: 'stdout', kubernetes })}\n`
      })
      const { errors } = await send('POST', `/${name}/_bulk?refresh=true`, body.join(''), 'application/x-ndjson')
      expect(errors).toBe(false)
    }
  }

  /** Three of a millisecond. */
  const linesOf = (pod: string): Line[] =>
    Array.from({ length: lineCount }, (_, at) => ({
      atMs: fromMs + Math.floor((Math.floor(at / 3) * 3 * (spanMs - 60_000)) / lineCount),
      pod,
      container: 'main',
      log: `${pod} line ${at}`,
    }))

  async function fetchFrom(
    from: OpenSearchService,
    store: LogStore,
    signal = limit(),
  ): Promise<EngineFetchEvent | undefined> {
    const pods = await podsOf(client, [ordersSource], limit())
    const input = { engine: 'e', sources: [ordersSource], pods, fromMs, toMs: Date.now() }
    let last: EngineFetchEvent | undefined
    for await (const progress of fetchLogs(input, engineThrough(client, from), store, signal)) last = progress
    return last
  }

  async function rawsOf(store: LogStore, pod: string): Promise<string[]> {
    const raws: string[] = []
    const query = { planeId: '', pods: [pod], order: 'oldest' as const, limit: 100_000 }
    for await (const found of store.search(query, limit()))
      if (found.kind === 'records') raws.push(...found.records.map(({ raw }) => raw))
    return raws
  }

  const newStore = (name: string): LogStore => LogStore.writing(join(folder, name), randomBytes(32))

  it('gives each line once and in order, also of a pod that is gone and after an interruption', async () => {
    for (const pod of ['orders-0', 'orders-1']) await index('container-logs-2026-03-01', linesOf(pod))
    await api.remove('/api/v1/namespaces/default/pods/orders-1', limit())
    const store = newStore('all')
    try {
      const interrupted = new AbortController()
      const pods = await podsOf(client, [ordersSource], limit())
      const input = { engine: 'e', sources: [ordersSource], pods, fromMs, toMs: Date.now() }
      const part = async (): Promise<void> => {
        for await (const { parts } of fetchLogs(input, engineThrough(client, service), store, interrupted.signal))
          if (parts > 0) interrupted.abort(new Error('interrupted'))
      }
      await expect(part()).rejects.toThrow('interrupted')
      const before = (await rawsOf(store, 'orders-0')).length + (await rawsOf(store, 'orders-1')).length
      const after = await fetchFrom(service, store)

      expect([before > 0, before + (after?.records ?? 0)]).toEqual([true, 2 * lineCount])
      expect(await fetchFrom(service, store)).toMatchObject({ records: 0 })
      for (const pod of ['orders-0', 'orders-1'])
        expect(await rawsOf(store, pod)).toEqual(linesOf(pod).map(({ log }) => log))
    } finally {
      store.close()
    }
  }, 120_000)

  it('is what `hangar logs fetch` stores and `hangar logs` finds, there and in OpenSearch', async () => {
    const logs = await logPlane(folder, bed.kubeconfig)
    const there = ['--opensearch', 'default/opensearch:9200', '--index', 'container-logs-*', '--since', '3h']
    const { code, stdout, stderr } = await logs('fetch', ...there, '--source', 'orders', '--output', 'json')
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({ records: 2 * lineCount, known: 0, otherContainers: [] })
    const words = '"orders-1 line 1499"'
    const found = await logs('search', words, '--output', 'ndjson')
    const searched = await logs('search', words, ...there, '--output', 'ndjson')
    expect([searched.code, searched.stderr]).toEqual([0, expect.stringMatching(/^1 records of \d+ lines in \d+ ms\n$/)])
    const { id: _, ...record } = JSON.parse(searched.stdout)
    expect(JSON.parse(found.stdout)).toMatchObject(record)
    expect(record).toMatchObject({ source: 'orders', pod: 'orders-1', raw: 'orders-1 line 1499' })
    const missing = await logs('search', words, '--opensearch', 'default/opensearch:9200', '--index', 'nothing-*')
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('--index')])
  }, 120_000)

  it.each(mappings.slice(0, isLong ? mappings.length : 1))(
    'gives the records that the store gives for the same query, with a mapping %s',
    async (_, name, properties, shards) => {
      await send('PUT', `/${name}`, {
        settings: { number_of_shards: shards, number_of_replicas: 0 },
        mappings: { properties },
      })
      const lines = engineLines(fromMs, comparedLines).map(({ ns, line, labels }) => ({
        atMs: Number(ns / 1_000_000n),
        ...(shards > 1 && { ns: ns % 1_000_000n }),
        pod: labels.pod ?? '',
        container: labels.container ?? '',
        log: line,
      }))
      await index(name, lines)
      const store = newStore(name)
      try {
        const engine = engineThrough(client, { ...service, index: name })
        const { filtered, matching } = await compareWithStore(engine, store, fromMs)
        expect([filtered, matching].every((count) => count > (isLong ? 19 : 9))).toBe(true)
      } finally {
        store.close()
      }
    },
    240_000,
  )

  const keyword = { type: 'keyword' }
  const kubernetes = { properties: { namespace_name: keyword, pod_name: keyword, container_name: keyword } }
  const properties = { '@timestamp': { type: 'date' }, log: { type: 'text' }, kubernetes }
  const setting = (name: string, value: string | null): Promise<unknown> =>
    send('PUT', '/_cluster/settings', { transient: { [name]: value } })

  it.each([
    ['an index that does not exist', 'nowhere', async () => undefined, 'LOG_ENGINE_REFUSED', 'no such index'],
    [
      'an index that is closed',
      'closed',
      async () => {
        await send('PUT', '/closed', { mappings: { properties } })
        await send('POST', '/closed/_close', undefined)
      },
      'LOG_ENGINE_REFUSED',
      'closed',
    ],
    [
      'a shard that no node has',
      'red,container-logs-*',
      () =>
        send('PUT', '/red?timeout=1s&wait_for_active_shards=0', {
          settings: { 'index.routing.allocation.require._name': 'nobody', number_of_replicas: 0 },
          mappings: { properties },
        }),
      'LOG_ENGINE_REFUSED',
      'shards',
    ],
    [
      'names that are divided into words',
      'divided',
      () =>
        send('PUT', '/divided', {
          mappings: {
            properties: {
              ...properties,
              kubernetes: { properties: { ...kubernetes.properties, pod_name: { type: 'text' } } },
            },
          },
        }),
      'LOG_ENGINE_UNAVAILABLE',
      'kubernetes.pod_name as a keyword',
    ],
    [
      'documents of something else',
      'others',
      () => send('POST', '/others/_doc?refresh=true', { time: 'now' }),
      'LOG_ENGINE_UNAVAILABLE',
      'which namespace',
    ],
  ])(
    'is an error with %s',
    async (_, name, prepare, code, words) => {
      await prepare()
      const store = newStore(`wrong-${name.replace(/\W/g, '-')}`)
      try {
        await expect(fetchFrom({ ...service, index: name }, store)).rejects.toMatchObject({
          code,
          message: expect.stringContaining(words),
        })
      } finally {
        store.close()
      }
    },
    60_000,
  )

  it('is an error where its memory does not permit the request', async () => {
    const store = newStore('breaker')
    // One that was not asked: answers of others are cached.
    await index('breaker', linesOf('orders-0').slice(0, 10))
    await setting('indices.breaker.request.limit', '1kb')
    try {
      await expect(fetchFrom({ ...service, index: 'breaker' }, store)).rejects.toMatchObject({
        code: 'LOG_ENGINE_REFUSED',
        message: expect.stringContaining('too little memory'),
      })
    } finally {
      await setting('indices.breaker.request.limit', null)
      store.close()
    }
  }, 120_000)

  it('reads all lines where searches within words are forbidden', async () => {
    await setting('search.allow_expensive_queries', 'false')
    try {
      const pods = new Map([['orders', ['orders-0']]])
      const query = { planeId: '', text: 'line', from: new Date(fromMs).toISOString(), limit: 5 }
      const input = { query, sources: [ordersSource], pods, nowMs: Date.now() }
      const kinds: unknown[] = []
      for await (const each of searchEngine(input, engineThrough(client, service), limit()))
        if (each.kind === 'done') kinds.push(each.isFiltered)
      expect(kinds).toEqual([false])
    } finally {
      await setting('search.allow_expensive_queries', null)
    }
  }, 60_000)

  // The security plugin is no artifact of Maven: this server answers as it does, behind the same API server.
  it.each([
    ['asks for a password', 401, 'text/plain', 'Unauthorized', 'asks for a password'],
    [
      'does not permit the user to read',
      403,
      'application/json',
      '{"error":{"root_cause":[{"type":"security_exception","reason":"no permissions for [indices:data/read/search]"}]},"status":403}',
      'does not permit',
    ],
  ])(
    'is an error that is not the API server’s where it %s',
    async (_, status, contentType, body, words) => {
      const server = createServer((request, response) => {
        response.writeHead(status, {
          'content-type': contentType,
          'www-authenticate': 'Basic realm="OpenSearch Security"',
        })
        response.end(request.headers.authorization === undefined ? body : 'the password was passed on')
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const name = `secured-${status}`
      const store = newStore(name)
      try {
        await serve(name, (server.address() as AddressInfo).port)
        await expect(fetchFrom({ ...service, name }, store)).rejects.toMatchObject({
          code: 'LOG_ENGINE_REFUSED',
          message: expect.stringContaining(words),
        })
      } finally {
        store.close()
        server.close()
      }
    },
    60_000,
  )
})
