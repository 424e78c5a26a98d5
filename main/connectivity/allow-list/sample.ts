import type { Result } from '../../../preload/contract/connectivity.ts'
import { EndpointList } from '../../../preload/contract/profiles.ts'
import { sampleResult, sampleSubject } from '../report/sample.ts'
import type { AllowListSubject } from './destination.ts'
import { type ExpandFrom, expand } from './expand.ts'
import { type ChosenPods, type ClusterWorkload, type ComponentPlace, workloads } from './workloads.ts'

/** Input for tests: endpoints as a user writes them, and results of a run. */
export interface Sample {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly settings?: Readonly<Record<string, string>>
  readonly results?: readonly (Partial<Result> & Pick<Result, 'endpoint'>)[]
  readonly places?: readonly ComponentPlace[]
  readonly clusterWorkloads?: readonly ClusterWorkload[]
  readonly chosen?: ChosenPods
  readonly more?: Partial<AllowListSubject>
  readonly from?: Partial<ExpandFrom>
}

export const agentPods: ClusterWorkload = {
  kind: 'Deployment',
  namespace: 'plane',
  name: 'agent',
  labels: { app: 'agent' },
  hostNetwork: false,
}
export const agentPlace: ComponentPlace = {
  id: 'agent',
  title: 'Agent',
  providedBy: 'release',
  namespace: 'plane',
  parts: [
    { kind: 'Deployment', namespace: 'plane', name: 'agent' },
    { kind: 'Service', namespace: 'plane', name: 'agent' },
  ],
}

export function sampleList({
  rows,
  settings = {},
  results,
  places,
  clusterWorkloads,
  chosen,
  more,
  from,
}: Sample): AllowListSubject {
  const list = EndpointList.parse({
    endpoints: rows.map((row, index) => ({ id: `row-${index}`, component: 'agent', protocol: 'https', ...row })),
    settings,
  })
  const last = results === undefined ? undefined : sampleSubject([], results.map(sampleResult)).report
  const destinations = expand({
    endpoints: list.endpoints,
    settings: list.settings,
    componentTitles: { agent: 'Agent' },
    last,
    proxies: undefined,
    ...from,
  })
  return {
    title: 'Plane of Tests',
    version: '0.1.0',
    madeAt: '2026-03-02T08:00:00.000Z',
    checkedAt: last?.startedAt ?? '',
    destinations,
    workloads: workloads(destinations, places ?? [agentPlace], clusterWorkloads ?? [agentPods], chosen),
    backends: {},
    apiServers: [],
    ...more,
  }
}

/** One endpoint of each kind that a list distinguishes. */
export const everyKind: Sample['rows'] = [
  {
    id: 'control-plane',
    host: 'cp.vendor.example',
    protocol: 'wss',
    inspection: 'never',
    clientProfile: { proxy: 'none' },
  },
  { id: 'api', host: 'kubernetes.default.svc', protocol: 'kubernetes', scope: 'cluster', port: 443 },
  { id: 'bus', host: 'ns1.servicebus.windows.net', protocol: 'amqp1', inspection: 'never' },
  { id: 'hub', host: 'hub.vendor.example', protocol: 'amqp091', tls: false },
  { id: 'store', host: 'vault.corp.example', protocol: 'vault', scope: 'vpc' },
  { id: 'git', host: 'github.com', protocol: 'git', path: '/a/b.git/info/refs?service=git-upload-pack' },
  { id: 'images', host: 'ghcr.io', protocol: 'oci' },
  { id: 'address', host: '203.0.113.7', port: 8443 },
  { id: 'address6', host: '[2001:db8::7]', port: 8443 },
  {
    id: 'ranges',
    host: 'ranges.vendor.example',
    port: 5672,
    tls: false,
    protocol: 'amqp091',
    addressRanges: ['198.51.100.0/24', 'nonsense'],
  },
  { id: 'cache', host: 'cache.tools.svc.cluster.local', port: 6380, scope: 'cluster' },
  { id: 'clear', host: 'crl.vendor.example', port: 80, tls: false },
  { id: 'unset', host: '${globalAdaptor.host}', protocol: 'grpc' },
  { id: 'pushed', host: 'registry.corp.example', protocol: 'oci', direction: 'inbound' },
]
