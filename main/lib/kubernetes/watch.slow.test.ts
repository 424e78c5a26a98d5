import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { Problem } from '../../../preload/contract/problem.ts'
import { type Answer, json, serveApi, statusObject } from '../../../test/clusters/api-server.ts'
import { makeCertificates } from '../../../test/clusters/certificates.ts'
import { kubeconfigFolder } from '../../../test/clusters/kubeconfig-folder.ts'
import { Semaphore } from '../concurrency/semaphore.ts'
import { streamConnections } from './connection-pool.ts'
import { failureOfResponse, failureOfStatus } from './failure.ts'
import { openCluster } from './open.ts'
import type { ResourceType } from './resources.ts'
import { type Change, type ReflectOptions, recoveryOf, reflect, waitMs } from './watch.ts'

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
const failure = (code: number, reason: string, message = 'x') =>
  failureOfStatus(statusObject(code, reason, message), 'server')
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
  if (change.kind === 'page') {
    const names = change.objects.map(({ metadata }) => metadata.name).join(' ')
    return `${change.isFirst ? 'first' : 'next'} ${names}${change.isLast ? ' last' : ''}`
  }
  if (change.kind === 'live') return change.isConfirmed ? 'confirmed' : 'live'
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
      (all) => all.length === 6,
    )

    expect(changes.map(summary)).toEqual(['first a', 'next b last', 'live', 'added c', 'modified a', 'deleted b'])
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
    expect(first?.kind === 'page' && first.objects[0]).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', namespace: 'n', uid: 'a', resourceVersion: '7' },
    })
  })

  it.each([
    ['thousands of levels', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['millions of values', `[${'[],'.repeat(4_000_000)}0]`],
  ])('reports an event of %s without parsing it, and continues with the next watch', async (_, bomb) => {
    const hostile: Answer = (_seen, response) => {
      response.end(`{"type":"MODIFIED","object":{"metadata":{"name":"a"},"spec":${bomb}}}\n`)
    }
    const honest: Answer = (_seen, response) => void event(response, 'MODIFIED', pod('a', '9'))
    const list: Answer = (_seen, response) => json(response, 200, podList('7', 'a'))
    const parse = vi.spyOn(JSON, 'parse')
    onTestFinished(() => parse.mockRestore())

    const { changes } = await follow(turns([list], [hostile, honest]), {}, (all) => all.at(-1)?.kind === 'one')

    expect(changes.map(summary)).toEqual(['first a last', 'live', 'stale', 'live', 'modified a'])
    expect(changes[2]).toMatchObject({ problem: { code: 'ANSWER_TOO_LARGE' } })
    expect(parse.mock.calls.filter(([text]) => text.includes(bomb))).toEqual([])
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

    expect(changes.map(summary)).toEqual(['first a last', 'live', 'confirmed', 'confirmed', 'live', 'added b'])
    expect(seen.map(({ url }) => url.searchParams.get('resourceVersion'))).toEqual([null, '7', '30'])
  })

  it.each([
    ['with 410', statusObject(410, 'Expired', 'too old')],
    ['without a code', { ...statusObject(410, 'Expired', 'too old'), code: undefined }],
    ['without a code, of an old server', { ...statusObject(410, 'Gone', 'too old'), code: undefined }],
  ])('lists again after an ERROR event %s, without becoming stale', async (_case, expired) => {
    const lists: Answer[] = [
      (_seen, response) => json(response, 200, podList('7', 'a')),
      (_seen, response) => json(response, 200, podList('50', 'b')),
    ]
    const ended: Answer = (_seen, response) => void event(response, 'ERROR', expired)

    const { changes } = await follow(turns(lists, [ended, stayOpen]), {}, (all) => all.length === 4)

    expect(changes.map(summary)).toEqual(['first a last', 'live', 'first b last', 'live'])
  })

  it('begins the list again, with larger pages, when its next page has expired', async () => {
    const part = (more: string, ...names: string[]) => ({
      ...podList('7', ...names),
      metadata: { resourceVersion: '7', continue: more },
    })
    const lists: Answer[] = [
      (_seen, response) => json(response, 200, part('next', 'a', 'deleted')),
      (_seen, response) => json(response, 410, statusObject(410, 'Expired', 'the continue parameter is too old')),
      (_seen, response) => json(response, 200, part('', 'a', 'b')),
    ]

    const { changes, seen } = await follow(turns(lists, [stayOpen]), {}, (all) => all.length === 3)

    expect(changes.map(summary)).toEqual(['first a deleted', 'first a b last', 'live'])
    expect(seen.slice(0, 3).map(({ url }) => url.searchParams.get('limit'))).toEqual(['500', '500', '2000'])
  })

  it('continues from the same version after a reset, a line that was cut, and an overloaded API server', async () => {
    const cut: Answer = (_seen, response) => void response.end('{"type":"ADDED","obj')
    const reset: Answer = (_seen, response) => void setImmediate(() => response.destroy())
    const busy: Answer = (_seen, response) => void event(response, 'ERROR', statusObject(429, 'TooManyRequests', 'x'))

    const { changes, seen } = await follow(
      turns([(_seen, response) => json(response, 200, podList('7', 'a'))], [cut, reset, busy, stayOpen]),
      {},
      (all) => all.filter(({ kind }) => kind === 'live').length === 4,
    )

    expect(changes.map(({ kind }) => kind)).toEqual(['page', 'live', 'stale', 'live', 'stale', 'live', 'stale', 'live'])
    expect(seen.map(({ url }) => url.searchParams.get('resourceVersion'))).toEqual([null, '7', '7', '7', '7'])
  })

  it('lists again after any other refusal, since a version that the server cannot use never recovers', async () => {
    const broken: Answer = (_seen, response) =>
      void event(response, 'ERROR', statusObject(500, 'InternalError', 'required revision has been compacted'))

    const { changes } = await follow(
      turns([(_seen, response) => json(response, 200, podList('7', 'a'))], [broken, stayOpen]),
      {},
      (all) => all.filter(({ kind }) => kind === 'live').length === 2,
    )

    expect(changes.map(({ kind }) => kind)).toEqual(['page', 'live', 'stale', 'page', 'live'])
  })

  it('waits as long as the API server wants', async () => {
    const times: number[] = []
    const busy: Answer = (_seen, response) => {
      times.push(performance.now())
      response.setHeader('retry-after', '1')
      json(response, 429, statusObject(429, 'TooManyRequests', 'slow down'))
    }
    const list: Answer = (_seen, response) => {
      times.push(performance.now())
      json(response, 200, podList('7', 'a'))
    }

    await follow(turns([busy, list], [stayOpen]), {}, (all) => all.length === 3)

    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990)
  })

  it('replaces a watch that outlives its time, although it is not silent', async () => {
    let bookmarks: NodeJS.Timeout | undefined
    onTestFinished(() => clearInterval(bookmarks))
    const endless: Answer = (_seen, response) => {
      bookmarks = setInterval(() => response.write('\n'), 100)
    }

    const { seen } = await follow(
      turns([(_seen, response) => json(response, 200, podList('7', 'a'))], [endless, stayOpen]),
      { watchSeconds: () => 1 },
      (all) => all.filter(({ kind }) => kind === 'live').length === 2,
    )

    expect(seen.at(-1)?.url.searchParams.get('timeoutSeconds')).toBe('1')
  })

  it('holds no listed object while it watches', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage: () => void = runInNewContext('gc')
    const server = await serveApi(tls, turns([(_seen, response) => json(response, 200, podList('7', 'a'))], [stayOpen]))
    const config = await kubeconfigFolder(
      { server: server.url, 'certificate-authority-data': Buffer.from(tls.ca).toString('base64') },
      {},
    )
    const client = await openCluster(config.connection)
    const stop = new AbortController()
    const changes = reflect(client, pods, {}, stop.signal)
    onTestFinished(async () => {
      stop.abort()
      await client.close()
      await server.close()
      await config.remove()
    })
    const listed = await (async () => {
      const { value } = await changes.next()
      return new WeakRef(value.kind === 'page' && value.objects[0] !== undefined ? value.objects[0] : {})
    })()
    await changes.next()
    const waiting = changes.next().catch(() => undefined)

    const afterCollection = () => {
      collectGarbage()
      return listed.deref()
    }
    await expect.poll(afterCollection, { timeout: 3_000 }).toBeUndefined()

    stop.abort()
    await waiting
  })

  it('is stale with the reason while the server refuses, and live again afterwards', async () => {
    const refuse: Answer = (_seen, response) => json(response, 503, statusObject(503, 'ServiceUnavailable', 'starting'))
    const lists: Answer[] = [refuse, refuse, (_seen, response) => json(response, 200, podList('7', 'a'))]

    const { changes } = await follow(turns(lists, [stayOpen]), {}, (all) => all.length === 4)

    expect(changes.map(summary)).toEqual(['stale', 'stale', 'first a last', 'live'])
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

    expect(changes.map(summary)).toEqual(['first a last', 'live', 'added b', 'stale', 'live'])
    expect(seen.at(-1)?.url.searchParams.get('resourceVersion')).toBe('8')
  })

  it('replaces a half-open watch by a new one from the same version', async () => {
    const second: Answer = (_seen, response) => void event(response, 'ADDED', pod('b', '8'))

    const { changes, seen } = await follow(
      turns([(_seen, response) => json(response, 200, podList('7', 'a'))], [stayOpen, second]),
      { idleMs: 100 },
      (all) => all.some(({ kind }) => kind === 'one'),
    )

    expect(changes.map(summary)).toEqual(['first a last', 'live', 'live', 'added b'])
    expect(seen.filter(({ url }) => !url.searchParams.has('watch'))).toHaveLength(1)
  })

  it.each([
    ['a reset continues', new Problem('CLUSTER_UNREACHABLE', 'x'), { listsAgain: false, isFault: true }],
    ['no response continues', new Problem('TIMED_OUT', 'x'), { listsAgain: false, isFault: true }],
    ['an overloaded server continues', failure(429, 'TooManyRequests'), { listsAgain: false, isFault: true }],
    ['a compacted version lists again', failure(410, 'Expired'), { listsAgain: true, isFault: false }],
    [
      'a version of the future, after a restored backup, lists again',
      failure(504, 'Timeout', 'Too large resource version: 9, current: 5'),
      { listsAgain: true, isFault: true },
    ],
    ['an error of the server lists again', failure(500, 'InternalError'), { listsAgain: true, isFault: true }],
    ['a refusal lists again', failure(403, 'Forbidden'), { listsAgain: true, isFault: true }],
  ])('%s', (_, error, recovery) => {
    expect(recoveryOf(error)).toMatchObject({ ...recovery, retryAfterMs: 0 })
  })

  it.each([
    ['in a header', failureOfResponse(503, 'application/json', '{}', 's', '7'), 7_000],
    [
      'in the status',
      failureOfStatus({ ...statusObject(429, 'TooManyRequests', 'x'), details: { retryAfterSeconds: 3 } }, 's'),
      3_000,
    ],
    ['longer than two minutes', failureOfResponse(503, 'application/json', '{}', 's', '3600'), 120_000],
  ])('honours the time that the API server names %s', (_, error, retryAfterMs) => {
    expect(recoveryOf(error)).toMatchObject({ retryAfterMs })
  })

  it('waits longer after each failure, up to 30 s', async () => {
    const waits = [1, 2, 3, 4].map((failures) => waitMs(failures, 500, 1))

    expect(waits).toEqual([500, 1_000, 2_000, 4_000])
    expect(waitMs(40, 500, 1)).toBe(30_000)
    expect(waitMs(1, 500, 0)).toBe(250)
  })
})

describe('reflectors of one client', () => {
  it('leave connections for requests, however many watches are open', async () => {
    const server = await serveApi(tls, (seen, response) => {
      if (seen.url.searchParams.has('watch')) response.writeHead(200).flushHeaders()
      else json(response, 200, podList('7'))
    })
    const config = await kubeconfigFolder(
      { server: server.url, 'certificate-authority-data': Buffer.from(tls.ca).toString('base64') },
      {},
    )
    const client = await openCluster(config.connection)
    onTestFinished(async () => {
      await client.close()
      await server.close()
      await config.remove()
    })
    const opened = Array.from({ length: streamConnections }, () =>
      client.stream('/api/v1/pods', { query: { watch: true } }, new AbortController().signal),
    )
    await Promise.all(opened)
    client.stream('/api/v1/pods', { query: { watch: true } }, new AbortController().signal).catch(() => undefined)

    await expect(
      client.request('GET', '/version', { timeoutMs: 2_000 }, new AbortController().signal),
    ).resolves.toBeDefined()
  })

  it('list and watch no more at once than their limits allow, and take turns', async () => {
    let [listing, watching, mostLists, mostWatches] = [0, 0, 0, 0]
    const watched = new Set<string>()
    const server = await serveApi(tls, async ({ url }, response) => {
      if (url.searchParams.has('watch')) {
        watching += 1
        mostWatches = Math.max(mostWatches, watching)
        watched.add(url.pathname)
        response.writeHead(200).flushHeaders()
        await sleep(50)
        watching -= 1
        event(response, 'BOOKMARK', { metadata: { resourceVersion: '8' } })
        response.end()
      } else {
        listing += 1
        mostLists = Math.max(mostLists, listing)
        await sleep(20)
        listing -= 1
        json(response, 200, podList('7'))
      }
    })
    const config = await kubeconfigFolder(
      { server: server.url, 'certificate-authority-data': Buffer.from(tls.ca).toString('base64') },
      {},
    )
    const client = await openCluster(config.connection)
    const stop = new AbortController()
    const limits = { lists: new Semaphore(2), watches: new Semaphore(3), ready: async () => undefined }
    const running = Array.from({ length: 9 }, async (_, index) => {
      const options = { namespace: `n${index}`, limits, watchSeconds: () => 1 }
      for await (const _change of reflect(client, pods, options, stop.signal));
    })

    await expect.poll(() => watched.size, { timeout: 5_000 }).toBe(9)
    stop.abort()
    await Promise.allSettled(running)
    await client.close()
    await server.close()
    await config.remove()

    expect([mostLists, mostWatches]).toEqual([2, 3])
  })
})
