import { Resolver } from 'node:dns/promises'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Api, Manifest } from './api.ts'
import { baseTags } from './base-images.ts'
import { BedProblem } from './bed-problem.ts'
import type { BedPaths } from './layout.ts'
import type { Processes } from './processes.ts'
import { programPath } from './programs.ts'
import { until } from './until.ts'

export type Resolving = { readonly address: string; readonly port: number }

// Unknown names do not exist: a bed never queries the resolver of this machine.
const hostCorefile = ({ address, port }: Resolving, hosts: string): string => `.:${port} {
  bind ${address}
  errors
  hosts ${hosts} {
    ttl 1
    reload 200ms
    fallthrough
  }
  template ANY ANY {
    rcode NXDOMAIN
  }
}
`

/** The bed's resolver on this computer, with the added names only. Pods reach it through the cluster's DNS service. */
export const startHostDns = async (paths: BedPaths, at: Resolving, processes: Processes): Promise<void> => {
  const corefile = join(paths.folder, 'Corefile')
  await writeFile(paths.hosts, '', { flag: 'a' })
  await writeFile(corefile, hostCorefile(at, JSON.stringify(paths.hosts)))
  processes.start({ name: 'coredns', program: programPath('coredns'), args: ['-conf', corefile] })
}

const knownLimitMs = 10_000

/** Adds names to the bed's resolver; an existing name gets the new address. */
export const addHostNames = async (
  paths: BedPaths,
  at: Resolving,
  names: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> => {
  const known = new Map(
    (await readFile(paths.hosts, 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' '))
      .map(([address = '', name = '']) => [name, address]),
  )
  for (const [name, address] of Object.entries(names)) {
    if (!/^[a-z0-9.-]+$/i.test(name) || !/^[0-9a-f.:]+$/i.test(address))
      throw new BedProblem(`Not a valid host name and address: ${name} ${address}`)
    known.set(name, address)
  }
  // The resolver detects a change by the time and size of the file.
  await writeFile(paths.hosts, [...known].map(([name, address]) => `${address} ${name}\n`).join(''))
  const resolver = new Resolver({ timeout: 500, tries: 1 })
  resolver.setServers([`${at.address}:${at.port}`])
  const isKnown = async ([name, address]: [string, string]): Promise<boolean> => {
    const found = address.includes(':') ? await resolver.resolve6(name) : await resolver.resolve4(name)
    return found.includes(address)
  }
  for (const entry of Object.entries(names))
    await until(`The name ${entry[0]}`, () => isKnown(entry), knownLimitMs, signal)
}

const labels = { 'k8s-app': 'kube-dns' }
const metadata = { name: 'coredns', namespace: 'kube-system', labels }

// No cache: an added or removed name takes effect at once.
const clusterCorefile = (upstream: string): string => `.:53 {
  errors
  health
  ready
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    pods insecure
    ttl 5
    fallthrough in-addr.arpa ip6.arpa
  }
  forward . ${upstream}
}
`

/** CoreDNS in a pod, as in every cluster: it answers cluster names, and forwards the rest to the bed's resolver. */
export const clusterDnsManifests = (serviceAddress: string, upstream: string): Manifest[] => [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'system:coredns' },
    rules: [
      { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'system:coredns' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' },
    subjects: [{ kind: 'ServiceAccount', name: 'coredns', namespace: 'kube-system' }],
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: clusterCorefile(upstream) } },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...metadata, name: 'kube-dns' },
    spec: {
      clusterIP: serviceAddress,
      selector: labels,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'coredns',
          priorityClassName: 'system-cluster-critical',
          dnsPolicy: 'Default',
          containers: [
            {
              name: 'coredns',
              image: baseTags.coredns,
              imagePullPolicy: 'Never',
              args: ['-conf', '/etc/coredns/Corefile'],
              volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
              readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
            },
          ],
          volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
        },
      },
    },
  },
]

const readyLimitMs = 180_000

/** Returns once the deployment has all its pods ready. */
export const waitForDeployment = (api: Api, namespace: string, name: string, signal: AbortSignal): Promise<unknown> =>
  until(
    `Deployment ${namespace}/${name}`,
    async () => {
      const { spec, status } = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, signal)
      return status?.readyReplicas === spec?.replicas
    },
    readyLimitMs,
    signal,
  )
