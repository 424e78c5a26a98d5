import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Api } from './api.ts'
import type { Addresses, BedPaths } from './layout.ts'
import type { Processes, Start } from './processes.ts'
import { programPath } from './programs.ts'
import { until } from './until.ts'

/** Where the control plane listens, and the address ranges that it assigns from. */
export type Endpoints = {
  readonly server: string
  /** Address and port that the API server binds. */
  readonly bind: string
  readonly port: number
  readonly advertise: string
  readonly etcdClientPort: number
  readonly etcdPeerPort: number
  readonly serviceNetwork: string
  readonly clusterNetwork: string
  /** Names and addresses for the API server's certificate. */
  readonly names: readonly string[]
  /** Whether the API server's address can be an endpoint of the `kubernetes` service. */
  readonly published: boolean
}

const commonNames = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost', '127.0.0.1']

/** Every bed with its own network namespace uses the same ports. */
export const endpointsWithin = (addresses: Addresses): Endpoints => ({
  server: `https://${addresses.node}:6443`,
  bind: '0.0.0.0',
  port: 6443,
  advertise: addresses.node,
  etcdClientPort: 2379,
  etcdPeerPort: 2380,
  serviceNetwork: addresses.serviceNetwork,
  clusterNetwork: addresses.clusterNetwork,
  names: [...commonNames, addresses.apiService, addresses.node],
  published: true,
})

/** Ports that are free now, all different. */
export const freePorts = async (count: number): Promise<number[]> => {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer()
          server.once('error', reject)
          server.listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  return await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          const address = server.address()
          server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
        }),
    ),
  )
}

/** On the loopback address, on free ports. */
export const endpointsOnLoopback = async (): Promise<Endpoints> => {
  const [port = 0, etcdClientPort = 0, etcdPeerPort = 0] = await freePorts(3)
  return {
    server: `https://127.0.0.1:${port}`,
    bind: '127.0.0.1',
    port,
    // The API server refuses loopback addresses here. Nothing connects to this one: there are no real pods.
    advertise: '10.255.255.1',
    etcdClientPort,
    etcdPeerPort,
    serviceNetwork: '10.96.0.0/16',
    clusterNetwork: '10.244.0.0/16',
    names: [...commonNames, '10.96.0.1'],
    published: false,
  }
}

const etcd = (paths: BedPaths, at: Endpoints): Start => {
  const client = `http://127.0.0.1:${at.etcdClientPort}`
  const peer = `http://127.0.0.1:${at.etcdPeerPort}`
  return {
    name: 'etcd',
    program: programPath('etcd'),
    args: [
      `--data-dir=${paths.etcd}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      // A bed runs for minutes; its data need not survive a power failure.
      '--unsafe-no-fsync',
    ],
  }
}

const apiserver = (paths: BedPaths, at: Endpoints): Start => {
  const file = (name: string) => join(paths.certificates, name)
  return {
    name: 'kube-apiserver',
    program: programPath('kube-apiserver'),
    args: [
      `--etcd-servers=http://127.0.0.1:${at.etcdClientPort}`,
      `--bind-address=${at.bind}`,
      `--secure-port=${at.port}`,
      `--advertise-address=${at.advertise}`,
      `--endpoint-reconciler-type=${at.published ? 'lease' : 'none'}`,
      `--service-cluster-ip-range=${at.serviceNetwork}`,
      `--tls-cert-file=${file('apiserver.crt')}`,
      `--tls-private-key-file=${file('apiserver.key')}`,
      `--client-ca-file=${file('ca.crt')}`,
      '--authorization-mode=Node,RBAC',
      '--allow-privileged=true',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${file('sa.pub')}`,
      `--service-account-signing-key-file=${file('sa.key')}`,
      `--kubelet-client-certificate=${file('admin.crt')}`,
      `--kubelet-client-key=${file('admin.key')}`,
      '--kubelet-preferred-address-types=InternalIP',
    ],
  }
}

// Long, because several beds and their tests may run at once.
const readyLimitMs = 180_000

const waitUntilReady = (api: Api, processes: Processes, signal: AbortSignal): Promise<string> =>
  until('Readiness of the API server', () => api.read('/readyz', signal), readyLimitMs, signal).catch(async (error) => {
    signal.throwIfAborted()
    throw new Error(`${error.message}\n${await processes.logTail('kube-apiserver')}`, { cause: error })
  })

export const startApiServer = async (
  paths: BedPaths,
  at: Endpoints,
  processes: Processes,
  api: Api,
  signal: AbortSignal,
): Promise<void> => {
  processes.start(apiserver(paths, at))
  await waitUntilReady(api, processes, signal)
}

/** etcd, the API server, the controllers and the scheduler; returns once they are ready. */
export const startControlPlane = async (
  paths: BedPaths,
  at: Endpoints,
  processes: Processes,
  api: Api,
  signal: AbortSignal,
): Promise<void> => {
  processes.start(etcd(paths, at))
  await startApiServer(paths, at, processes, api, signal)
  const file = (name: string) => join(paths.certificates, name)
  processes.start({
    name: 'kube-controller-manager',
    program: programPath('kube-controller-manager'),
    args: [
      `--kubeconfig=${paths.kubeconfig}`,
      `--service-account-private-key-file=${file('sa.key')}`,
      `--root-ca-file=${file('ca.crt')}`,
      '--use-service-account-credentials',
      '--leader-elect=false',
      '--secure-port=0',
    ],
  })
  processes.start({
    name: 'kube-scheduler',
    program: programPath('kube-scheduler'),
    args: [`--kubeconfig=${paths.kubeconfig}`, '--leader-elect=false', '--secure-port=0'],
  })
  const account = '/api/v1/namespaces/default/serviceaccounts/default'
  await until('The default service account', () => api.get(account, signal), readyLimitMs, signal)
}
