import type { ServerResponse } from 'node:http'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Answer, json, serveApi, statusObject } from '../../../test/clusters/api-server.ts'
import { makeCertificates } from '../../../test/clusters/certificates.ts'
import { kubeconfigFolder } from '../../../test/clusters/kubeconfig-folder.ts'
import { openCluster } from './open.ts'
import type { ResourceType } from './resources.ts'
import { type Change, type ReflectOptions, reflect, waitMs } from './watch.ts'

const pods: ResourceType = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }
let tls: Awaited<ReturnType<typeof makeCertificates>>
beforeAll(async () => {
  tls = await makeCertificates()
})

const pod = (name: string, resourceVersion: string) => ({
  metadata: { name, namespace: 'n', uid: name, resourceVersion, managedFields: [{ manager: 'kubectl' }] },
})
const podList = (resourceVersion: string, ...names: string[]) => ({
  kind: 'PodList',
  metadata: { resourceVersion },
  items: names.map((name) => pod(name, resourceVersion)),
})
const event = (response: ServerResponse, type: string, object: unknown) =>
  response.write(`${JSON.stringify({ type, object })}\n`)

/** Answers lists and watches in turn, each from its own array. The last answer is repeated. */
function turns(lists: readonly Answer[], watches: readonly Answer[]): Answer {
  const counts = { list: 0, watch: 0 }
  return (seen, response) => {
    const verb = seen.url.searchParams.has('watch') ? 'watch' : 'list'
    const answers = verb === 'watch' ? watches : lists
    const answer = answers[Math.min(counts[verb], answers.length - 1)]
    counts[verb] += 1
    if (verb === 'watch') response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    return answer?.(seen, response)
  }
}
const stayOpen: Answer = () => undefined

/** Reads changes until `enough` returns true. Returns them with the requests that the server received. */
async function follow(answer: Answer, options: ReflectOptions, enough: (changes: Change[]) => boolean) {
  const server = await serveApi(tls, answer)
  const cluster = { server: server.url, 'certificate-authority-data': Buffer.from(tls.ca).toString('base64') }
  const config = await kubeconfigFolder(cluster, {})
  const client = await openCluster(config.connection)
  onTestFinished(async () => {
    await client.close()
    await server.close()
    await config.remove()
  })
  const changes: Change[] = []
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(8_000)])
  const end = new Error('enough')
  try {
    for await (const change of reflect(client, pods, { backoffMs: 5, ...options }, signal)) {
      changes.push(change)
      if (enough(changes)) stop.abort(end)
    }
  } catch (error) {
    if (error !== end) throw error
  }
  return { changes, seen: server.seen }
}

const summary = (change: Change): string => {
  if (change.kind === 'all') return `all ${change.objects.map(({ metadata }) => metadata.name).join(' ')}`
  return change.kind === 'one' ? `${change.type} ${change.object.metadata.name}` : change.kind
}

describe('reflect', () => {
  it('lists in pages, then yields each change after the version of the list', async () => {
    const pages: Answer[] = [
      (_seen, response) =>
        json(response, 200, { ...podList('', 'a'), metadata: { resourceVersion: '7', continue: 'next' } }),
      (_seen, response) => json(response, 200, podList('7', 'b')),
    ]
    const watch: Answer = (_seen, response) => {
      event(response, 'ADDED', pod('c', '8'))
      event(response, 'MODIFIED', pod('a', '9'))
      event(response, 'DELETED', pod('b', '10'))
    }

    const { changes, seen } = await follow(
      turns(pages, [watch]),
      { namespace: 'n', labelSelector: 'app=x' },
      (all) => all.length === 5,
    )

    expect(changes.map(summary)).toEqual(['all a b', 'live', 'added c', 'modified a', 'deleted b'])
    expect(seen[0]?.url.pathname).toBe('/api/v1/namespaces/n/pods')
    expect(seen.map(({ url }) => url.searchParams.get('continue'))).toEqual([null, 'next', null])
    expect(Object.fromEntries(seen[2]?.url.searchParams ?? [])).toMatchObject({
      watch: 'true',
      resourceVersion: '7',
      allowWatchBookmarks: 'true',
      labelSelector: 'app=x',
    })
  })

  it('adds the kind to listed objects and removes managedFields', async () => {
    const { changes } = await follow(
      turns([(_seen, response) => json(response, 200, podList('7', 'a'))], [stayOpen]),
      {},
      (all) => all.length === 1,
    )

    const [first] = changes
    expect(first?.kind === 'all' && first.objects[0]).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', namespace: 'n', uid: 'a', resourceVersion: '7' },
    })
  })

  it('resumes from the last bookmark when a watch ends, without listing again', async () => {
    const first: Answer = (_seen, response) => {
      event(response, 'BOOKMARK', { metadata: { resourceVersion: '30' } })
      response.end()
    }
    const second: Answer = (_seen, response) => void event(response, 'ADDED', pod('b', '31'))

    const { changes, seen } = await follow(
      turns([(_seen, response) => json(response, 200, podList('7', 'a'))], [first, second]),
      {},
      (all) => all.some(({ kind }) => kind === 'one'),
    )

    expect(changes.map(summary)).toEqual(['all a', 'live', 'live', 'live', 'added b'])
    expect(seen.map(({ url }) => url.searchParams.get('resourceVersion'))).toEqual([null, '7', '30'])
  })

  it.each([
    [
      'an ERROR event',
      ((_seen, response) => void event(response, 'ERROR', statusObject(410, 'Expired', 'too old'))) satisfies Answer,
    ],
  ])('lists again after %s with 410, without becoming stale', async (_case, expired) => {
    const lists: Answer[] = [
      (_seen, response) => json(response, 200, podList('7', 'a')),
      (_seen, response) => json(response, 200, podList('50', 'b')),
    ]

    const { changes } = await follow(turns(lists, [expired, stayOpen]), {}, (all) => all.length === 4)

    expect(changes.map(summary)).toEqual(['all a', 'live', 'all b', 'live'])
  })

  it('is stale with the reason while the server refuses, and live again afterwards', async () => {
    const refuse: Answer = (_seen, response) => json(response, 503, statusObject(503, 'ServiceUnavailable', 'starting'))
    const lists: Answer[] = [refuse, refuse, (_seen, response) => json(response, 200, podList('7', 'a'))]

    const { changes } = await follow(turns(lists, [stayOpen]), {}, (all) => all.length === 4)

    expect(changes.map(summary)).toEqual(['stale', 'stale', 'all a', 'live'])
    expect(changes[0]?.kind === 'stale' && changes[0].problem).toMatchObject({ code: 'CLUSTER_BUSY' })
  })

  it('is stale when the connection breaks during a watch', async () => {
    const broken: Answer = (_seen, response) => {
      event(response, 'ADDED', pod('b', '8'))
      setImmediate(() => response.destroy())
    }

    const { changes, seen } = await follow(
      turns([(_seen, response) => json(response, 200, podList('7', 'a'))], [broken, stayOpen]),
      {},
      (all) => all.length === 5,
    )

    expect(changes.map(summary)).toEqual(['all a', 'live', 'added b', 'stale', 'live'])
    expect(seen.at(-1)?.url.searchParams.get('resourceVersion')).toBe('8')
  })

  it('replaces a half-open watch by a new one from the same version', async () => {
    const second: Answer = (_seen, response) => void event(response, 'ADDED', pod('b', '8'))

    const { changes, seen } = await follow(
      turns([(_seen, response) => json(response, 200, podList('7', 'a'))], [stayOpen, second]),
      { idleMs: 100 },
      (all) => all.some(({ kind }) => kind === 'one'),
    )

    expect(changes.map(summary)).toEqual(['all a', 'live', 'live', 'added b'])
    expect(seen.filter(({ url }) => !url.searchParams.has('watch'))).toHaveLength(1)
  })

  it('waits longer after each failure, up to 30 s', async () => {
    const waits = [1, 2, 3, 4].map((failures) => waitMs(failures, 500, 1))

    expect(waits).toEqual([500, 1_000, 2_000, 4_000])
    expect(waitMs(40, 500, 1)).toBe(30_000)
    expect(waitMs(1, 500, 0)).toBe(250)
  })
})
