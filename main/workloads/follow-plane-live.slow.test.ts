import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Component, Release } from '../../preload/contract/profiles.ts'
import { json, serveApi, statusObject } from '../../test/clusters/api-server.ts'
import { makeCertificates } from '../../test/clusters/certificates.ts'
import { kubeconfigFolder } from '../../test/clusters/kubeconfig-folder.ts'
import { FakeApi } from '../../test/workloads/fake-api.ts'
import type { KubernetesObject } from '../lib/kubernetes/resources.ts'
import { namespacesApart } from './follow-kind.ts'
import { followPlane, type WatcherEvent } from './follow-plane.ts'
import { planWatch } from './watch-plan.ts'

let tls: Awaited<ReturnType<typeof makeCertificates>>
beforeAll(async () => {
  tls = await makeCertificates()
})

const pod = (name: string, namespace = 'n0'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
})
const helmRelease = (name: string, apiVersion: string): KubernetesObject => ({
  apiVersion: `helm.toolkit.fluxcd.io/${apiVersion}`,
  kind: 'HelmRelease',
  metadata: { name, namespace: 'n0', generation: 1 },
  status: { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] },
})

/** A plane on a fake API server, and what a window shows of it. */
async function follow(api: FakeApi, namespaceCount = 1) {
  const server = await serveApi(tls, api.answer)
  const config = await kubeconfigFolder(
    { server: server.url, 'certificate-authority-data': Buffer.from(tls.ca).toString('base64') },
    {},
  )
  const releases = Array.from({ length: namespaceCount }, (_, index) =>
    Release.parse({ name: 'a', namespace: `n${index}`, chart: { path: 'x' } }),
  )
  const components = [
    Component.parse({
      id: 'gateway',
      title: 'Gateway',
      summary: '',
      providedBy: 'release',
      parts: [{ kind: 'Pod', namespace: 'n0', name: 'a' }],
    }),
  ]
  const plan = planWatch({ components, releases, logSources: [] })
  const input = { connection: config.connection, components, plan, file: join(config.folder, 'state.json') }
  const stop = new AbortController()
  const events: WatcherEvent[] = []
  const shown = new Map<string, string>()
  const running = (async () => {
    for await (const event of followPlane(input, stop.signal)) {
      events.push(event)
      if (event.kind === 'lost') continue
      for (const { name, health } of event.kind === 'state' ? event.objects : event.changed) shown.set(name, health)
      if (event.kind !== 'state') for (const uid of event.removed) shown.delete(uid.split('/').at(-1) ?? '')
    }
  })()
  onTestFinished(async () => {
    stop.abort()
    await running
    await server.close()
    await config.remove()
  })
  const isLive = () => expect.poll(() => events.some(({ kind }) => kind === 'state'), { timeout: 8_000 }).toBe(true)
  return { events, shown, server, isLive }
}

const watchPaths = (seen: readonly { readonly url: URL }[]): string[] =>
  seen.filter(({ url }) => url.searchParams.has('watch')).map(({ url }) => url.pathname)

describe('following a plane', () => {
  it('continues after a watch was reset: nothing is unknown meanwhile, nothing is listed again', async () => {
    const api = new FakeApi()
    api.put('pods', pod('a'))
    const { events, shown, server, isLive } = await follow(api)
    await isLive()
    await expect.poll(() => api.watches.size, { timeout: 3_000 }).toBeGreaterThan(7)

    api.reset('pods')
    api.put('pods', pod('b'))
    await expect.poll(() => shown.get('b'), { timeout: 3_000 }).toBe('healthy')

    const lists = server.seen.filter(({ url }) => url.pathname.endsWith('/pods') && !url.searchParams.has('watch'))
    expect(lists).toHaveLength(1)
    expect(events.map(({ kind }) => kind)).not.toContain('lost')
    expect([...shown.values()]).not.toContain('unknown')
  })

  it('shows objects of one collection while another is not listed yet', async () => {
    const api = new FakeApi()
    api.put('pods', pod('a'))
    const listed = Promise.withResolvers<void>()
    api.intercept = async ({ url }) => {
      if (url.pathname.endsWith('/services')) await listed.promise
      return false
    }
    const { events, shown, isLive } = await follow(api)

    await expect.poll(() => shown.get('a'), { timeout: 3_000 }).toBe('healthy')
    expect(events.map(({ kind }) => kind)).not.toContain('state')
    const components = events.flatMap((event) => (event.kind === 'partial' ? event.components : []))
    expect(components.at(-1)?.health).toBe('healthy')
    listed.resolve()
    await isLive()
  })

  it(`watches a kind once for all namespaces of a plane with more than ${namespacesApart}`, async () => {
    const api = new FakeApi()
    api.put('pods', pod('a'))
    api.put('pods', pod('elsewhere', 'foreign'))
    const { shown, server, isLive } = await follow(api, namespacesApart + 1)
    await isLive()
    await expect.poll(() => watchPaths(server.seen), { timeout: 3_000 }).toContain('/api/v1/pods')
    api.put('pods', pod('b', 'n1'))
    api.put('pods', pod('other', 'foreign'))
    await expect.poll(() => shown.get('b'), { timeout: 3_000 }).toBe('healthy')

    expect([...shown.keys()].sort()).toEqual(['a', 'b'])
    expect(watchPaths(server.seen).filter((path) => path.endsWith('/pods'))).toEqual(['/api/v1/pods'])
  })

  it('watches each namespace where the user cannot list all of them', async () => {
    const api = new FakeApi()
    api.put('pods', pod('a'))
    api.intercept = ({ url }, response) => {
      if (url.pathname.includes('/namespaces/') || !url.pathname.endsWith('s')) return false
      json(response, 403, statusObject(403, 'Forbidden', 'pods is forbidden at the cluster scope'))
      return true
    }
    const { events, shown, server, isLive } = await follow(api, namespacesApart + 1)
    await isLive()

    await expect.poll(() => watchPaths(server.seen).filter((path) => path.endsWith('/pods'))).toHaveLength(5)
    expect(shown.get('a')).toBe('healthy')
    expect(events.every((event) => !('problem' in event) || event.problem === undefined)).toBe(true)
  })

  it('reports no problem where the user cannot read autoscalers, which are no part of the plane', async () => {
    const api = new FakeApi()
    api.put('pods', pod('a'))
    api.intercept = ({ url }, response) => {
      if (!url.pathname.endsWith('/horizontalpodautoscalers')) return false
      json(response, 403, statusObject(403, 'Forbidden', 'forbidden'))
      return true
    }
    const { events, isLive } = await follow(api)
    await isLive()

    expect(events.filter((event) => 'problem' in event && event.problem !== undefined)).toEqual([])
  })

  it('removes the objects of a kind whose definition was removed, and reads an upgraded one in its new version', async () => {
    const api = new FakeApi()
    api.custom = { ...api.custom, version: 'v2beta2', kinds: { helmreleases: 'HelmRelease' } }
    api.put('helmreleases', helmRelease('old', 'v2beta2'))
    const { shown, isLive } = await follow(api)
    await isLive()
    expect(shown.get('old')).toBe('healthy')

    api.custom.version = 'v2'
    api.objects.clear()
    api.put('helmreleases', helmRelease('new', 'v2'))
    api.reset('helmreleases')
    await expect.poll(() => [shown.get('old'), shown.get('new')], { timeout: 6_000 }).toEqual([undefined, 'healthy'])

    api.custom.kinds = {}
    api.reset('helmreleases')
    await expect.poll(() => shown.get('new'), { timeout: 6_000 }).toBeUndefined()
  }, 20_000)

  it('shows the objects of a refused collection as unknown, with what was known, until it can be read again', async () => {
    const api = new FakeApi()
    api.put('pods', pod('a'))
    const { events, shown, isLive } = await follow(api)
    await isLive()
    api.intercept = ({ url }, response) => {
      if (!url.pathname.endsWith('/pods')) return false
      json(response, 403, statusObject(403, 'Forbidden', 'pods is forbidden'))
      return true
    }
    api.reset('pods')
    await expect.poll(() => shown.get('a'), { timeout: 4_000 }).toBe('unknown')
    const last = events.at(-1)
    expect(last?.kind === 'delta' && last.changed[0]?.reason).toContain('last known: healthy')
    expect(last?.kind === 'delta' && last.components[0]?.health).toBe('unknown')

    api.intercept = () => false
    await expect.poll(() => shown.get('a'), { timeout: 6_000 }).toBe('healthy')
  }, 20_000)
})
