import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { engineThrough } from '../../main/logs/engine/ask.ts'
import { engineLines } from '../../main/logs/engine/compared-queries.ts'
import { podsOf } from '../../main/logs/engine/containers.ts'
import { fetchLogs } from '../../main/logs/engine/fetch.ts'
import { type LokiService, proxyPath } from '../../main/logs/engine/service.ts'
import { LogStore } from '../../main/logs/store/store.ts'
import type { EngineFetchEvent, LogAccess } from '../../preload/contract/logs.ts'
import { apiOf } from '../bed/access.ts'
import type { Api } from '../bed/api.ts'
import { type Bed, build, startBed } from '../bed/bed.ts'
import { missingPrograms } from '../bed/programs.ts'
import { until } from '../bed/until.ts'
import { shellPod, skipReason, waitForPhase } from '../bed/with-bed.ts'
import { compareWithStore } from './compared-with-store.ts'
import { logPlane, ordersSource } from './log-plane.ts'
import { lokiObjects } from './loki-pod.ts'

const isBuiltOrMayBe = missingPrograms(['loki']).length === 0 || process.env.HANGAR_LONG === '1'
const reason = isBuiltOrMayBe ? skipReason('real') : '(not built yet: npm run test:long builds it)'
const buildLimitMs = 1_500_000
const limit = () => AbortSignal.timeout(60_000)

const service: LokiService = {
  kind: 'loki',
  namespace: 'default',
  name: 'loki',
  port: 3_100,
  isTls: false,
  tenant: 'plane',
}
const lineCount = 12_000
const comparedLines = 800
/** Shorter than a chunk of Loki: what it has just cut is not found until its index is written. */
const spanMs = 90 * 60_000

describe.skipIf(reason !== '')(`a Loki in the cluster${reason && ` ${reason}`}`, () => {
  let bed: Bed
  let api: Api
  let client: KubernetesClient
  let folder: string
  const fromMs = Date.now() - spanMs

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-loki-'))
    await build(['loki'], { signal: AbortSignal.timeout(buildLimitMs) })
    bed = await startBed({ pods: 'real' }, AbortSignal.timeout(120_000))
    api = await apiOf(bed)
    client = await openCluster({ files: [bed.kubeconfig], contextName: bed.name, environment: {} })
    const [pod, lokiService] = await lokiObjects(bed, limit())
    await api.create('/api/v1/namespaces/default/pods', pod, limit())
    await api.create('/api/v1/namespaces/default/services', lokiService, limit())
    for (const name of ['orders-0', 'orders-1']) {
      const orders = shellPod(name, 'sleep 1000')
      const metadata = { name, namespace: 'default', labels: { app: 'orders' } }
      await api.create('/api/v1/namespaces/default/pods', { ...orders, metadata }, limit())
      await waitForPhase(api, name, 'Running', limit())
    }
    const isReady = () =>
      client.request('GET', `${proxyPath(service)}/ready`, {}, limit()).then(
        () => true,
        (error: unknown) => String(error).includes('JSON'),
      )
    await until('Loki is ready', isReady, 60_000, limit())
  }, buildLimitMs)

  afterAll(async () => {
    await client?.close()
    await bed?.down()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  /** Line by line as a collector sends them, several of one nanosecond among them. */
  const linesOf = (pod: string): [string, string][] =>
    Array.from({ length: lineCount }, (_, index) => {
      const ns = BigInt(fromMs + Math.floor((Math.floor(index / 3) * 3 * (spanMs - 60_000)) / lineCount)) * 1_000_000n
      return [String(ns), `${pod} line ${index}`]
    })

  const push = (pod: string): Promise<void> =>
    pushAs('plane', { namespace: 'default', pod, container: 'main', job: 'default/orders' }, linesOf(pod))

  async function pushAs(
    tenant: string,
    stream: Readonly<Record<string, string>>,
    values: readonly (readonly [string, string])[],
  ): Promise<void> {
    for (let from = 0; from < values.length; from += 4_000) {
      const body = { streams: [{ stream, values: values.slice(from, from + 4_000) }] }
      const options = { body, headers: { 'x-scope-orgid': tenant } }
      await client.request('POST', `${proxyPath(service)}/loki/api/v1/push`, options, limit())
    }
  }

  async function fetchFrom(from: LokiService, store: LogStore): Promise<EngineFetchEvent | undefined> {
    const pods = await podsOf(client, [ordersSource], limit())
    const input = { engine: 'e', sources: [ordersSource], pods, fromMs, toMs: Date.now() }
    let last: EngineFetchEvent | undefined
    for await (const progress of fetchLogs(input, engineThrough(client, from), store, limit())) last = progress
    return last
  }

  /** Loki does not keep the order of lines of one nanosecond, of which there are three. */
  const inGroups = (lines: readonly string[]): string[][] =>
    Array.from({ length: Math.ceil(lines.length / 3) }, (_, index) => lines.slice(index * 3, index * 3 + 3).sort())

  const newStore = (name: string): LogStore => LogStore.writing(join(folder, name), randomBytes(32))

  it('gives each line once and in order, also of a pod that is gone, and nothing a second time', async () => {
    for (const pod of ['orders-0', 'orders-1']) await push(pod)
    await api.remove('/api/v1/namespaces/default/pods/orders-1', limit())
    const store = newStore('all')
    try {
      const first = await fetchFrom(service, store)
      const again = await fetchFrom(service, store)

      expect(first).toMatchObject({ records: 2 * lineCount, known: 0 })
      expect(again).toMatchObject({ records: 0 })
      for (const pod of ['orders-0', 'orders-1']) {
        const raws: string[] = []
        const query = { planeId: '', pods: [pod], order: 'oldest' as const, limit: 100_000 }
        for await (const found of store.search(query, limit()))
          if (found.kind === 'records') raws.push(...found.records.map(({ raw }) => raw))
        expect(inGroups(raws)).toEqual(inGroups(linesOf(pod).map(([, line]) => line)))
      }
    } finally {
      store.close()
    }
  }, 120_000)

  it('is what `hangar logs fetch` stores and `hangar logs` finds, there and in Loki', async () => {
    const logs = await logPlane(folder, bed.kubeconfig)
    const fetching = ['fetch', '--loki', 'default/loki:3100', '--since', '3h', '--source', 'orders', '--output', 'json']

    const refused = await logs(...fetching)
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--tenant')])
    const { code, stdout, stderr } = await logs(...fetching, '--tenant', 'plane')
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({ records: 2 * lineCount, known: 0, otherContainers: [] })
    const found = await logs('search', '"orders-1 line 11999"', '--output', 'ndjson')
    expect(JSON.parse(found.stdout)).toMatchObject({ source: 'orders', pod: 'orders-1', raw: 'orders-1 line 11999' })
    const inLoki = ['--loki', 'default/loki:3100', '--tenant', 'plane', '--since', '3h']
    const searched = await logs('search', '"orders-1 line 11999"', ...inLoki, '--output', 'ndjson')
    expect([searched.code, searched.stderr]).toEqual([0, expect.stringMatching(/^1 records of \d+ lines in \d+ ms\n$/)])
    const { id: _, ...record } = JSON.parse(searched.stdout)
    expect(JSON.parse(found.stdout)).toMatchObject(record)
    const audit = JSON.parse((await logs('audit', '--output', 'json')).stdout)
    expect(audit.entries.map(({ action, asked }: LogAccess) => [action, asked?.engine, asked?.text])).toEqual([
      ['search', 'default/loki:3100', '"orders-1 line 11999"'],
      ['search', undefined, '"orders-1 line 11999"'],
      ['fetch', 'default/loki:3100', undefined],
      // The one that Loki refused.
      ['fetch', 'default/loki:3100', undefined],
    ])
  }, 120_000)

  it('gives the records that the store gives for the same query, once the same time was fetched', async () => {
    const lines = engineLines(fromMs, comparedLines)
    for (const [, values] of Map.groupBy(lines, ({ labels }) => JSON.stringify(labels))) {
      const [{ labels } = { labels: {} }] = values
      await pushAs(
        'compared',
        labels,
        values.map(({ ns, line }) => [String(ns), line]),
      )
    }
    const compared = { ...service, tenant: 'compared' }
    const store = newStore('compared')
    try {
      const { filtered, matching } = await compareWithStore(engineThrough(client, compared), store, fromMs)
      expect([filtered, matching].every((count) => count >= 20)).toBe(true)
    } finally {
      store.close()
    }
  }, 120_000)

  it.each([
    ['without a tenant', { ...service, tenant: undefined }, 'LOG_ENGINE_REFUSED', '--tenant'],
    [
      'at a port that the service does not have',
      { ...service, port: 3_101 },
      'LOG_ENGINE_UNAVAILABLE',
      'does not answer',
    ],
    ['of a service that does not exist', { ...service, name: 'lokki' }, 'LOG_ENGINE_UNAVAILABLE', 'does not answer'],
  ])(
    'is an error %s',
    async (_, wrong, code, words) => {
      const store = newStore(`wrong-${code}-${wrong.name}-${wrong.port}`)
      try {
        await expect(fetchFrom(wrong, store)).rejects.toMatchObject({ code, message: expect.stringContaining(words) })
      } finally {
        store.close()
      }
    },
    60_000,
  )
})
