import { expect, it } from 'vitest'
import { type ListedService, likelyEngines } from './detect.ts'

type Ports = Readonly<Record<string, number>>

const service = (
  path: string,
  labels: Readonly<Record<string, string>>,
  ports: Ports,
  spec: NonNullable<ListedService['spec']> = {},
): ListedService => {
  const [namespace = '', name = ''] = path.split('/')
  return {
    metadata: { name, namespace, labels },
    spec: {
      clusterIP: '10.0.0.7',
      ports: Object.entries(ports).map(([portName, port]) => ({ name: portName, port })),
      ...spec,
    },
  }
}

const chart = (name: string, component?: string, instance = 'loki') => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/instance': instance,
  ...(component !== undefined && { 'app.kubernetes.io/component': component }),
})
const headless = { clusterIP: 'None' }

it.each<[string, readonly ListedService[], readonly string[]]>([
  ['nothing', [], []],
  [
    'the chart loki, single binary: its service, and not its gateway, canary, caches or gossip',
    [
      service('logging/loki', chart('loki', 'single-binary'), { 'http-metrics': 3100, grpc: 9095 }),
      service('logging/loki-headless', chart('loki'), { 'http-metrics': 3100 }, headless),
      service('logging/loki-memberlist', chart('loki'), { tcp: 7946 }, headless),
      service('logging/loki-gateway', chart('loki', 'gateway'), { 'http-metrics': 80 }),
      service('logging/loki-canary', chart('loki', 'canary'), { 'http-metrics': 3500 }),
      service('logging/loki-chunks-cache', chart('loki', 'memcached-chunks-cache'), { 'memcached-client': 11211 }),
    ],
    ['loki logging/loki:3100'],
  ],
  [
    'the chart loki, simple scalable: what reads',
    [
      service('logging/loki-write', chart('loki', 'write'), { 'http-metrics': 3100 }),
      service('logging/loki-backend', chart('loki', 'backend'), { 'http-metrics': 3100 }),
      service('logging/loki-read', chart('loki', 'read'), { 'http-metrics': 3100 }),
      service('logging/loki-gateway', chart('loki', 'gateway'), { 'http-metrics': 80 }),
    ],
    ['loki logging/loki-read:3100'],
  ],
  [
    'microservices: the query frontend',
    [
      service('logs/a-distributor', chart('loki-distributed', 'distributor', 'a'), { http: 3100 }),
      service('logs/a-querier', chart('loki-distributed', 'querier', 'a'), { http: 3100 }),
      service('logs/a-query-frontend', chart('loki-distributed', 'query-frontend', 'a'), { http: 3100 }),
      service('logs/a-query-frontend-headless', chart('loki-distributed', 'query-frontend', 'a'), { http: 3100 }),
      service('logs/a-ruler', chart('loki-distributed', 'ruler', 'a'), { http: 3100 }),
    ],
    ['loki logs/a-query-frontend:3100'],
  ],
  [
    'a gateway alone',
    [service('logging/loki-gateway', chart('loki', 'gateway'), { 'http-metrics': 80 })],
    ['loki logging/loki-gateway:80'],
  ],
  [
    'the chart loki-stack, with promtail and grafana beside it',
    [
      service(
        'monitoring/stack-loki',
        { app: 'loki', chart: 'loki-2.16.0', release: 'stack' },
        { 'http-metrics': 3100 },
      ),
      service('monitoring/stack-promtail-metrics', chart('promtail', undefined, 'stack'), { 'http-metrics': 3101 }),
      service('monitoring/stack-grafana', chart('grafana', undefined, 'stack'), { service: 80 }),
    ],
    ['loki monitoring/stack-loki:3100'],
  ],
  [
    'a chart known by its label alone',
    [service('a/logs', { 'helm.sh/chart': 'loki-6.30.1' }, { web: 3100 })],
    ['loki a/logs:3100'],
  ],
  ['a service without labels, by its name and port', [service('a/loki', {}, { any: 3100 })], ['loki a/loki:3100']],
  ['no service by its name with another port', [service('a/loki', {}, { any: 8080 })], []],
  ['no service by its port alone', [service('a/app', {}, { http: 3100 })], []],
  [
    'no external name, which the proxy of the API server does not follow',
    [service('a/loki', chart('loki'), { 'http-metrics': 3100 }, { type: 'ExternalName' })],
    [],
  ],
  ['no datagrams', [{ ...service('a/loki', {}, {}), spec: { ports: [{ port: 3100, protocol: 'UDP' }] } }], []],
  [
    'each installation, those with labels first',
    [
      service('b/loki', {}, { http: 3100 }),
      service('z/loki', chart('loki'), { 'http-metrics': 3100 }),
      service('a/two-loki', chart('loki', undefined, 'two'), { 'http-metrics': 3100 }),
    ],
    ['loki a/two-loki:3100', 'loki z/loki:3100', 'loki b/loki:3100'],
  ],
  [
    'OpenSearch by its chart, and not its dashboards',
    [
      service('search/opensearch-cluster-master', chart('opensearch', 'opensearch-cluster-master', 'os'), {
        http: 9200,
        transport: 9300,
      }),
      service(
        'search/opensearch-cluster-master-headless',
        chart('opensearch', undefined, 'os'),
        { http: 9200 },
        headless,
      ),
      service('search/opensearch-dashboards', chart('opensearch-dashboards', undefined, 'od'), { http: 5601 }),
    ],
    ['opensearch search/opensearch-cluster-master:9200'],
  ],
  [
    'OpenSearch by its operator',
    [
      service('search/logs', { 'opster.io/opensearch-cluster': 'logs' }, { http: 9200, transport: 9300 }),
      service('search/logs-discovery', { 'opster.io/opensearch-cluster': 'logs' }, { transport: 9300 }, headless),
    ],
    ['opensearch search/logs:9200'],
  ],
])('among services, likely log engines are %s', (_, services, expected) => {
  expect(likelyEngines(services).map(({ kind, service: name }) => `${kind} ${name}`)).toEqual(expected)
})

it('the evidence of a log engine names the label and the port', () => {
  const [found] = likelyEngines([service('a/loki', chart('loki'), { 'http-metrics': 3100 })])
  expect(found?.evidence).toBe('label app.kubernetes.io/name=loki, port 3100')
})
