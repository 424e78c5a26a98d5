import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { ConnectivityReport } from '../../preload/contract/connectivity.ts'
import { apiOf } from '../bed/access.ts'
import type { Api, KubeObject, Manifest } from '../bed/api.ts'
import { until } from '../bed/until.ts'
import { execInPod, skipReason } from '../bed/with-bed.ts'
import { type Computer, noNftables, startComputer } from '../e2e/connectivity/computer.ts'
import { type InstalledPlane, installLimitMs, installPlane, mayHaveCilium } from '../e2e/connectivity/plane.ts'
import type { PeerServer } from '../peers/peer-server.ts'
import { type Elsewhere, startElsewhere } from './elsewhere.ts'
import { type Destination, tryFrom } from './reach.ts'

const reason = mayHaveCilium
  ? [skipReason('real', 'cilium'), noNftables].filter(Boolean).join('; ')
  : '(not built yet: npm run test:long builds it)'
const limit = () => AbortSignal.timeout(60_000)

/** Components whose image has Node, so that a test can connect from inside; with the server of each. */
const components = {
  agent: 'controlPlane',
  'local-adaptor': 'globalAdaptor',
  enforcer: 'eventHub',
  'secret-resolver': 'keyVault',
  'certificate-manager': 'acme',
  registry: 'registry',
} as const
type ComponentId = keyof typeof components
const all = Object.keys(components) as ComponentId[] // keys as written above

interface Kind {
  readonly format: string
  readonly group: string
  readonly plural: string
  /** Endpoints that the policy blocks, because its format cannot express them. */
  readonly cutsOff: Readonly<Record<string, string>>
}

const kinds: readonly Kind[] = [
  {
    format: 'ciliumnetworkpolicy',
    group: 'cilium.io/v2',
    plural: 'ciliumnetworkpolicies',
    cutsOff: {},
  },
  {
    format: 'networkpolicy',
    group: 'networking.k8s.io/v1',
    plural: 'networkpolicies',
    // In Cilium a CIDR never matches a node, and here the API server is on one.
    cutsOff: { 'component:agent agent-kubernetes': 'fail tcp.timeout' },
  },
]

const ownServer = 'its own server'
const elsewhereName = 'elsewhere.hangar.test'
/** Cilium applies and removes a policy a moment after the API server. */
const settleLimitMs = 30_000

describe.skipIf(reason !== '')(`generated policies at work on Cilium${reason && ` ${reason}`}`, () => {
  const life = new AbortController()
  let plane: InstalledPlane
  let api: Api
  let computer: Computer
  let elsewhere: Elsewhere
  let before: Record<string, string>

  beforeAll(async () => {
    plane = await installPlane('cilium')
    const { bed, peers } = plane.demo
    api = await apiOf(bed)
    computer = await startComputer(bed, life.signal)
    elsewhere = await startElsewhere(
      computer,
      all.map((id) => peers[components[id]].port),
    )
    await bed.addHostNames({ [elsewhereName]: elsewhere.address })
    before = table(await check())
  }, installLimitMs)
  afterAll(async () => {
    await elsewhere?.close()
    await computer?.close()
    await plane?.close()
    life.abort()
  }, 90_000)

  const check = (): Promise<ConnectivityReport> =>
    plane.check(['--from', [...all, 'flux'].map((id) => `component:${id}`).join(',')])

  /** A component's server, and destinations that its policy must block: each differs in one property. */
  const tried = (id: ComponentId): Destination[] => {
    const { peers } = plane.demo
    const own: PeerServer = peers[components[id]]
    const other: PeerServer = id === 'agent' ? peers.git : peers.controlPlane
    const { port } = own
    return [
      { name: ownServer, transport: 'tcp', host: own.host, port },
      { name: 'another host, same port', transport: 'tcp', host: elsewhereName, port },
      { name: 'an address, same port', transport: 'tcp', host: elsewhere.address, port },
      { name: 'an address, UDP', transport: 'udp', host: elsewhere.address, port },
      { name: 'same host, another port', transport: 'tcp', host: own.host, port: other.port },
      { name: 'another component’s server', transport: 'tcp', host: other.host, port: other.port },
    ]
  }
  const look = async (id: ComponentId): Promise<Record<string, string>> => {
    const selector = encodeURIComponent(`app.kubernetes.io/name=${id}`)
    const pods = await api.list(`/api/v1/namespaces/hangar-plane/pods?labelSelector=${selector}`, limit())
    const pod = pods[0]?.metadata.name ?? ''
    return tryFrom(plane.demo.bed, { namespace: 'hangar-plane', pod, container: id }, tried(id))
  }
  const lookAll = async (): Promise<Record<string, Record<string, string>>> =>
    Object.fromEntries(await Promise.all(all.map(async (id) => [id, await look(id)] as const)))
  const everywhere = (word: string): Record<string, Record<string, string>> =>
    Object.fromEntries(
      all.map((id) => [
        id,
        Object.fromEntries(tried(id).map(({ name }) => [name, name === ownServer ? 'reached' : word])),
      ]),
    )
  const settle = async (expected: Record<string, Record<string, string>>): Promise<void> => {
    let seen: unknown
    const isSo = async (): Promise<boolean> => {
      seen = await lookAll()
      return JSON.stringify(seen) === JSON.stringify(expected)
    }
    await until('What pods reach', isSo, settleLimitMs, limit()).catch(() => undefined)
    expect(seen).toEqual(expected)
  }
  /** The status of a call through the gateway to an integration, from within the cluster. */
  const callGateway = async (): Promise<string> => {
    const [pod] = await api.list(
      '/api/v1/namespaces/hangar-integrations/pods?labelSelector=app.kubernetes.io%2Fname%3Dstock',
      limit(),
    )
    const key = plane.demo.credentials['gateway-api-key']?.key ?? ''
    return execInPod(plane.demo.bed, pod?.metadata.name ?? '', ['node', '-e', call, key], {
      namespace: 'hangar-integrations',
      container: 'stock',
    })
  }
  const policies = async (format: string): Promise<Manifest[]> => {
    const { code, stdout, stderr } = await plane.run(['allow-list', '--format', format])
    if (code !== 0) throw new Error(stderr)
    return parseAllDocuments(stdout)
      .map((document) => document.toJS() as Manifest | null) // the server validates it below
      .filter((object) => object !== null)
  }

  it('starts with passing endpoints and unrestricted egress', async () => {
    expect(Object.values(before).filter((word) => !/^(pass|skipped)/.test(word))).toEqual([])
    expect(Object.values(before).filter((word) => word.startsWith('pass')).length).toBeGreaterThanOrEqual(9)
    expect(await lookAll()).toEqual(everywhere('reached'))
    expect(await callGateway()).toBe('200')
  }, 60_000)

  it.each(kinds)(
    '$format: the table stays as it was, and other ways out are cut',
    async (kind) => {
      const { format, group, plural, cutsOff } = kind
      const objects = await policies(format)
      expect(objects.map(({ metadata }) => metadata.name).length).toBeGreaterThanOrEqual(all.length)
      const path = ({ metadata }: Manifest) => `/apis/${group}/namespaces/${metadata.namespace}/${plural}`
      for (const object of objects)
        await api.create(`${path(object)}?dryRun=All&fieldValidation=Strict`, object, limit())

      const { heartbeats } = agent(plane)
      for (const object of objects) await api.create(path(object), object, limit())
      try {
        await settle(everywhere('cut'))
        expect(table(await check())).toEqual({ ...before, ...cutsOff })
        // The agent's own connection exists already; it reports about the API server, and waits if that is blocked.
        if (Object.keys(cutsOff).length === 0) await plane.demo.peers.controlPlane.seen('demo', heartbeats + 2, limit())
        expect(await callGateway()).toBe('200')
        expect(await unready(api)).toEqual([])
      } finally {
        for (const object of objects) await api.remove(`${path(object)}/${object.metadata.name}`, limit())
      }
      await settle(everywhere('reached'))
    },
    240_000,
  )
})

const call = `
fetch('http://gateway.hangar-plane.svc:8080/orders/ORD-10000', {
  headers: { 'x-api-key': process.argv[1] },
  signal: AbortSignal.timeout(5000),
}).then(({ status }) => process.stdout.write(String(status)), ({ name }) => process.stdout.write(name))
`

/** "component:agent agent-control-plane" to "pass". */
const table = ({ results }: ConnectivityReport): Record<string, string> =>
  Object.fromEntries(
    results.map(({ vantage, endpoint, verdict, cause }) => [
      `${vantage.kind}:${vantage.name} ${endpoint}`,
      `${verdict} ${cause}`.trim(),
    ]),
  )

const agent = ({ demo }: InstalledPlane) => demo.peers.controlPlane.agents()[0] ?? { heartbeats: 0 }

async function unready(api: Api): Promise<readonly string[]> {
  const found = await api.list('/apis/apps/v1/namespaces/hangar-plane/deployments', limit())
  const isReady = ({ spec, status }: KubeObject): boolean => status?.readyReplicas === spec?.replicas
  return found.filter((each) => !isReady(each)).map(({ metadata }) => metadata.name)
}
