import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { followPlane, type WatcherEvent } from '../../main/workloads/follow-plane.ts'
import { planWatch } from '../../main/workloads/watch-plan.ts'
import { Component, Release } from '../../preload/contract/profiles.ts'
import { FakeApi } from '../workloads/fake-api.ts'
import { type Http2Api, serveHttp2 } from '../workloads/http2-api.ts'
import { json, statusObject } from './api-server.ts'
import { makeCertificates } from './certificates.ts'
import { kubeconfigFolder } from './kubeconfig-folder.ts'

const isLong = process.env.HANGAR_LONG === '1'
/** More collections than there are connections: 1,800 in the long form. */
const namespaceCount = isLong ? 164 : 35
const settleLimitMs = 60_000
const observeMs = 40_000

it('a user who lists single namespaces has every collection watched at once, over few connections, and live again after they were half-open', async () => {
  const api = new FakeApi()
  api.intercept = ({ url }, response) => {
    if (url.pathname.includes('/namespaces/') || !url.pathname.endsWith('s')) return false
    json(response, 403, statusObject(403, 'Forbidden', 'forbidden at the cluster scope'))
    return true
  }
  const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'n0' }, status: {} })
  api.put('pods', pod('a'))
  const tls = await makeCertificates()
  const server = await serveHttp2(tls, api.answer)
  const authority = Buffer.from(tls.ca).toString('base64')
  const config = await kubeconfigFolder({ server: server.url, 'certificate-authority-data': authority }, {})
  const part = { kind: 'Pod', namespace: 'n0', name: 'a' }
  const components = [Component.parse({ id: 'a', title: 'A', summary: '', providedBy: 'release', parts: [part] })]
  const releases = Array.from({ length: namespaceCount }, (_, index) =>
    Release.parse({ name: 'a', namespace: `n${index}`, chart: { path: 'x' } }),
  )
  const plan = planWatch({ components, releases, logSources: [] })
  const watched = plan.targets.filter(({ group }) => !group.includes('fluxcd')).length
  const input = { connection: config.connection, components, plan, file: join(config.folder, 'state.json') }
  const stop = new AbortController()
  const events: WatcherEvent[] = []
  const shown = new Set<string>()
  const started = performance.now()
  const running = (async () => {
    for await (const event of followPlane(input, stop.signal)) {
      events.push(event)
      if (event.kind !== 'lost')
        for (const { name } of event.kind === 'state' ? event.objects : event.changed) shown.add(name)
    }
  })()
  onTestFinished(async () => {
    stop.abort()
    await running
    await server.close()
    await config.remove()
  })
  const isSettled = () => server.counts.watches === watched && events.some(({ kind }) => kind === 'state')
  await expect.poll(isSettled, { timeout: settleLimitMs, interval: 50 }).toBe(true)
  const settledMs = performance.now() - started

  console.info(`${watched} collections live after ${settledMs.toFixed(0)} ms, ${server.counts.connections} connections`)
  if (isLong) console.info(await costOf(server))
  expect(server.counts.connections).toBeLessThan(60)
  expect(events.filter((event) => event.kind === 'lost' || ('problem' in event && event.problem))).toEqual([])

  server.silenceAll()
  api.put('pods', pod('b'))
  await expect.poll(() => shown.has('b'), { timeout: 30_000 }).toBe(true)
  await expect.poll(() => server.counts.watches >= watched, { timeout: 30_000 }).toBe(true)
}, 240_000)

/** What the open watches cost, with the server in the same process. */
async function costOf({ counts }: Http2Api): Promise<string> {
  const [requests, cpu] = [counts.requests, process.cpuUsage()]
  await delay(observeMs)
  const { user, system } = process.cpuUsage(cpu)
  const perSecond = (counts.requests - requests) / (observeMs / 1_000)
  return `${perSecond.toFixed(1)} requests a second, ${((user + system) / observeMs / 10).toFixed(0)} % of a core with the server`
}
