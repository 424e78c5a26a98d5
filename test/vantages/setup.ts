import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { parse, stringify } from 'yaml'
import { checkEndpoints } from '../../main/connectivity/connectivity.ts'
import type { PlaneCluster } from '../../main/connectivity/vantage/resolve/cluster.ts'
import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import type { CheckEvent, ConnectivityReport, VantageRequest } from '../../preload/contract/connectivity.ts'
import { EndpointList } from '../../preload/contract/profiles.ts'
import { apiOf } from '../bed/access.ts'
import type { Api, Manifest } from '../bed/api.ts'
import { baseTags } from '../bed/base-images.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { until } from '../bed/until.ts'
import { answering } from '../connectivity/servers/http.ts'
import { authority } from '../connectivity/servers/serve.ts'

const farName = 'far.vantages.test'
const said = 'the server of these tests'

/** A bed with one server outside the cluster, and what a plane knows of the cluster. */
export interface VantageSetup {
  readonly bed: Bed
  readonly api: Api
  readonly client: KubernetesClient
  readonly list: EndpointList
  /** The plane's cluster for a user: the bed's administrator unless a kubeconfig is given. */
  clusterAs(wishes?: Partial<PlaneCluster> & { readonly kubeconfig?: string }): PlaneCluster
  /** Runs a check to its end. */
  check(from: readonly VantageRequest[], cluster: PlaneCluster, signal?: AbortSignal): Promise<Checked>
  namespace(name: string, labels?: Readonly<Record<string, string>>): Promise<void>
  apply(...objects: Manifest[]): Promise<void>
  /** Names of all objects of probes, in any state. */
  left(): Promise<readonly string[]>
  close(): Promise<void>
}

interface Checked {
  readonly events: readonly CheckEvent[]
  readonly report: ConnectivityReport
  /** From the call to the first result of a probe in the cluster. */
  readonly firstRowMs: number
}

export const startSetup = async (signal: AbortSignal): Promise<VantageSetup> => {
  const bed = await startBed({ pods: 'real', storage: false }, signal)
  const issued = authority.issue({ names: [farName], addresses: [bed.hostAddress] })
  const server = createServer(
    { cert: `${issued.certificate}\n${authority.certificate}`, key: issued.key },
    (socket) => {
      socket.on('error', () => undefined)
      answering(() => ({ headers: { 'Content-Type': 'text/plain' }, body: said }))(socket)
    },
  )
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, bed.hostAddress, resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await bed.addHostNames({ [farName]: bed.hostAddress })
  const api = await apiOf(bed)
  const clients: KubernetesClient[] = []
  const open = async (kubeconfig = bed.kubeconfig): Promise<KubernetesClient> => {
    const { 'current-context': contextName } = parse(await readFile(kubeconfig, 'utf8'))
    const client = await openCluster({ files: [kubeconfig], contextName, environment: {} })
    clients.push(client)
    return client
  }
  const client = await open()
  const list = EndpointList.parse({
    settings: { ca: authority.certificate },
    endpoints: [
      {
        id: 'far',
        component: 'agent',
        host: farName,
        port,
        protocol: 'https',
        clientProfile: { trust: { setting: 'ca' } },
        expect: { status: [200], body: said },
      },
      {
        id: 'closed',
        component: 'gateway',
        host: farName,
        port: 9,
        protocol: 'https',
        clientProfile: { proxy: 'none' },
      },
      {
        id: 'kubernetes',
        component: 'agent',
        host: 'kubernetes.default.svc',
        port: 443,
        path: '/version',
        protocol: 'kubernetes',
        scope: 'cluster',
        clientProfile: { proxy: 'none', trust: { file: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt' } },
      },
      { id: 'in', component: 'gateway', host: 'x.test', protocol: 'https', direction: 'inbound' },
      { id: 'open', component: 'agent', protocol: 'https' },
    ],
  })
  const never = new AbortController().signal
  return {
    bed,
    api,
    client,
    list,
    clusterAs: ({ kubeconfig, ...wishes } = {}) => ({
      open: () => (kubeconfig === undefined ? Promise.resolve(client) : open(kubeconfig)),
      contextName: bed.name,
      namespaces: ['default'],
      components: [],
      probeImage: baseTags.node,
      ...wishes,
    }),
    async check(from, cluster, end = never) {
      const events: CheckEvent[] = []
      const startedMs = performance.now()
      let firstRowMs = Number.NaN
      for await (const event of checkEndpoints(list, { from, cluster }, end)) {
        events.push(event)
        const probed = event.kind === 'result' && event.result.stages.length > 0 && event.result.verdict !== 'skipped'
        if (probed && event.result.cause !== 'config.missing' && Number.isNaN(firstRowMs))
          firstRowMs = performance.now() - startedMs
      }
      const last = events.at(-1)
      if (last?.kind !== 'finished') throw new Error('the check ended without a report')
      return { events, report: last.report, firstRowMs }
    },
    async namespace(name, labels = {}) {
      await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }, never)
      // A controller adds it a moment later; it has the roots of a pod's endpoints.
      const authorityPath = `/api/v1/namespaces/${name}/configmaps/kube-root-ca.crt`
      await until("The cluster's authority", () => api.get(authorityPath, never), 20_000, never)
    },
    async apply(...objects) {
      for (const object of objects) await api.apply(object, never)
    },
    async left() {
      const paths = ['/apis/batch/v1/jobs', '/api/v1/pods', '/api/v1/configmaps', '/api/v1/secrets']
      const found = await Promise.all(paths.map((path) => api.list(`${path}?labelSelector=hangar/probe`, never)))
      return found.flat().map(({ metadata }) => metadata.name)
    },
    async close() {
      await Promise.all(clients.map((each) => each.close()))
      server.close()
      await bed.down()
    },
  }
}

/** Waits until the cluster has no object of a probe. */
export const untilGone = (setup: VantageSetup, signal: AbortSignal): Promise<unknown> =>
  until('Nothing left', async () => (await setup.left()).length === 0, 30_000, signal)

/** The kubeconfig of a ServiceAccount that has only these rules in a namespace. */
export async function userOf(
  { bed, api, apply }: VantageSetup,
  folder: string,
  { name, namespace, rules }: { readonly name: string; readonly namespace: string; readonly rules: readonly object[] },
  signal: AbortSignal,
): Promise<string> {
  await apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } })
  const role = { name, namespace }
  const group = '/apis/rbac.authorization.k8s.io/v1'
  const subject = { kind: 'ServiceAccount', name, namespace }
  await api.create(`${group}/namespaces/${namespace}/roles`, { metadata: role, rules }, signal)
  await api.create(
    `${group}/namespaces/${namespace}/rolebindings`,
    {
      metadata: role,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [subject],
    },
    signal,
  )
  await api.create(
    `/api/v1/namespaces/${namespace}/secrets`,
    {
      metadata: { name: `${name}-token`, annotations: { 'kubernetes.io/service-account.name': name } },
      type: 'kubernetes.io/service-account-token',
    },
    signal,
  )
  const token = await until(
    'The token',
    async () => {
      const secret = await api.get(`/api/v1/namespaces/${namespace}/secrets/${name}-token`, signal)
      const data = Reflect.get(secret, 'data')
      const text: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'token') : undefined
      return typeof text === 'string' && text !== '' ? Buffer.from(text, 'base64').toString('utf8') : undefined
    },
    20_000,
    signal,
  )
  const config = parse(await readFile(bed.kubeconfig, 'utf8'))
  const file = join(folder, `${name}.yaml`)
  await writeFile(file, stringify({ ...config, users: [{ name: config.users[0].name, user: { token } }] }), {
    mode: 0o600,
  })
  return file
}
