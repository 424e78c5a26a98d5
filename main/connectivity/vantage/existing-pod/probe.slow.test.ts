import type { WebSocket } from 'undici'
import { describe, expect, it } from 'vitest'
import type { ConnectivityReport, VantageRequest } from '../../../../preload/contract/connectivity.ts'
import { EndpointList } from '../../../../preload/contract/profiles.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { KubernetesError } from '../../../lib/kubernetes/failure.ts'
import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import { check } from '../../check.ts'
import { Cleanup } from '../pod/cleanup.ts'

const key = 'CANARY-CLIENT-KEY'
const proxyPassword = 'CANARY-PROXY-PASSWORD'
const pathSecret = 'CANARY-PATH-TOKEN'
const login = 'CANARY-LOGIN'

const running = (name: string, container = 'main'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'plane' },
  spec: { nodeName: 'node-1', containers: [{ name: container, image: `image-of-${name}` }] },
  status: { phase: 'Running', containerStatuses: [{ name: container, state: { running: {} } }] },
})

const quota =
  'pods "hangar-probe-1" is forbidden: exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0'

/** An API server that refuses every Job and runs what is sent to a pod as a pod without any program. */
function clusterOf(pods: readonly KubernetesObject[], denied: readonly string[] = []) {
  const execs: { readonly path: string; stdin: string }[] = []
  const client: KubernetesClient = {
    server: 'https://server.invalid',
    async request<Body>(method: string, path: string, options: { readonly body?: unknown }) {
      if (path.endsWith('/selfsubjectaccessreviews')) {
        const { resource, subresource } = Reflect.get(
          Object(Reflect.get(Object(options.body), 'spec')),
          'resourceAttributes',
        )
        return { status: { allowed: !denied.includes(subresource ?? resource) } } as Body // the shape of a review
      }
      if (method === 'POST')
        throw new KubernetesError('CLUSTER_FORBIDDEN', quota, { code: 403, reason: 'Forbidden', message: quota })
      return { metadata: {}, items: path.includes('/pods') ? pods : [] } as Body // the shape of a list
    },
    stream: () => Promise.reject(new Error('no stream is expected')),
    async socket(path) {
      const exec = { path, stdin: '' }
      execs.push(exec)
      const webSocket = Object.assign(new EventTarget(), {
        binaryType: 'arraybuffer',
        protocol: 'v5.channel.k8s.io',
        send(frame: Uint8Array) {
          const [channel, ...content] = frame
          if (channel === 0) exec.stdin += Buffer.from(content).toString('latin1')
          // Closed standard input: the program ends without output.
          if (channel === 255) webSocket.dispatchEvent(new Event('close'))
        },
        close: () => undefined,
      })
      // Without standard input, the list of tools: this image has a shell with one program.
      if (!path.includes('stdin=true'))
        setTimeout(() => {
          const output = Buffer.concat([Buffer.from([1]), Buffer.from('getent\n')])
          webSocket.dispatchEvent(Object.assign(new Event('message'), { data: Uint8Array.from(output).buffer }))
          webSocket.dispatchEvent(new Event('close'))
        })
      return { webSocket: webSocket as unknown as WebSocket, refusal: async () => undefined } as never // what exec uses of it
    },
    close: async () => undefined,
  }
  return { client, execs }
}

const { endpoints } = EndpointList.parse({
  endpoints: [
    { id: 'plain', component: 'agent', host: 'plain.test', protocol: 'https', clientProfile: { proxy: 'none' } },
    {
      id: 'mutual',
      component: 'agent',
      host: 'mutual.test',
      protocol: 'https',
      clientProfile: { proxy: 'none', clientCertificate: 'agent' },
    },
    {
      id: 'signed-in',
      component: 'agent',
      host: 'login.test',
      protocol: 'https',
      clientProfile: { proxy: 'none', credential: 'robot' },
    },
    { id: 'proxied', component: 'agent', host: 'proxied.test', protocol: 'https' },
    {
      id: 'signed-url',
      component: 'agent',
      host: 'blob.test',
      protocol: 'https',
      path: `/container?sig=${pathSecret}`,
      clientProfile: { proxy: 'none' },
    },
  ],
})

/** Checks with all kinds of secrets in place. */
async function checkFrom(request: VantageRequest, client: KubernetesClient): Promise<ConnectivityReport> {
  const cluster = {
    open: () => Promise.resolve(client),
    contextName: 'test',
    namespaces: ['plane'],
    components: [],
    probeImage: 'image',
  }
  const plane = { endpoints, settings: {}, componentTitles: {}, folder: '/', cluster }
  const options = {
    from: [request],
    proxy: `http://user:${proxyPassword}@proxy.test:3128`,
    env: {},
    loginOf: () => Promise.resolve({ token: login }),
  }
  const credentialOf = () => Promise.resolve({ certificate: 'CERTIFICATE', key })
  const cleanup = new Cleanup()
  const signal = AbortSignal.timeout(20_000)
  for await (const event of check(plane, credentialOf, options, cleanup, signal))
    if (event.kind === 'finished') return event.report
  throw new Error('the check ended without a report')
}

const causeOf = ({ results }: ConnectivityReport, id: string) => results.find(({ endpoint }) => endpoint === id)?.cause
const reasonOf = ({ results }: ConnectivityReport, id: string) =>
  results.find(({ endpoint }) => endpoint === id)?.stages[0]?.evidence

describe('a probe whose Job is refused', () => {
  it('is executed in no other pod by itself, and the outcome names the pods that the user can choose', async () => {
    const { client, execs } = clusterOf([running('web'), running('agent')])
    const { results, vantages } = await checkFrom({ kind: 'pod', namespace: 'plane' }, client)

    expect(execs).toEqual([])
    expect(vantages).toMatchObject([
      {
        state: 'failed',
        cause: 'vantage.quota',
        existingPods: [
          { namespace: 'plane', pod: 'agent', container: 'main' },
          { namespace: 'plane', pod: 'web', container: 'main' },
        ],
      },
    ])
    expect(results.map(({ cause }) => cause)).toEqual(Array.from(endpoints, () => 'vantage.quota'))
  })

  it('offers no pod to a user who is not permitted to execute in it', async () => {
    const { client } = clusterOf([running('agent')], ['exec'])
    const { vantages } = await checkFrom({ kind: 'pod', namespace: 'plane' }, client)

    expect(vantages).toMatchObject([{ state: 'failed', existingPods: [] }])
  })
})

describe('a check from an existing pod', () => {
  it('sends no secret to it, and the endpoints that need one are unknown', async () => {
    const { client, execs } = clusterOf([running('web'), running('agent')])
    const report = await checkFrom({ kind: 'existing-pod', namespace: 'plane', pod: 'agent' }, client)

    expect(execs.length).toBeGreaterThan(1)
    expect(execs.every(({ path }) => path.startsWith('/api/v1/namespaces/plane/pods/agent/exec?'))).toBe(true)
    const sent = execs.map(({ path, stdin }) => decodeURIComponent(path) + stdin).join('\n')
    expect(sent).toContain('plain.test')
    for (const secret of [key, proxyPassword, pathSecret, login]) expect(sent).not.toContain(secret)

    expect(reasonOf(report, 'mutual')).toContain(
      'its client certificate is not sent to a pod that Hangar did not create',
    )
    expect(reasonOf(report, 'proxied')).toContain('the password of its proxy is not sent to a pod')
    expect(reasonOf(report, 'signed-url')).toContain('the secret in its path is not sent to a pod')
    expect(endpoints.map(({ id }) => causeOf(report, id))).toEqual(Array.from(endpoints, () => 'vantage.limited'))
    expect(report.vantages).toMatchObject([
      { vantage: { kind: 'existing-pod', name: 'plane/agent' }, state: 'limited', manifest: '' },
    ])
  })

  it('runs in the named container', async () => {
    const { client, execs } = clusterOf([running('agent', 'sidecar')])
    await checkFrom({ kind: 'existing-pod', namespace: 'plane', pod: 'agent', container: 'sidecar' }, client)

    expect(execs.length).toBeGreaterThan(0)
    expect(execs.every(({ path }) => path.includes('container=sidecar'))).toBe(true)
  })

  it.each([
    ['pod', { pod: 'absent' }],
    ['container', { pod: 'agent', container: 'absent' }],
  ])('reports a %s that does not run, and executes nothing', async (_what, name) => {
    const { client, execs } = clusterOf([running('agent')])
    const { vantages } = await checkFrom({ kind: 'existing-pod', namespace: 'plane', ...name }, client)

    expect(execs).toEqual([])
    expect(vantages).toMatchObject([{ state: 'failed', cause: 'vantage.absent' }])
  })

  it('reports the permission that is missing', async () => {
    const { client, execs } = clusterOf([running('agent')], ['exec'])
    const { vantages } = await checkFrom({ kind: 'existing-pod', namespace: 'plane', pod: 'agent' }, client)

    expect(execs).toEqual([])
    expect(vantages).toMatchObject([{ state: 'failed', cause: 'rbac.denied' }])
  })
})
