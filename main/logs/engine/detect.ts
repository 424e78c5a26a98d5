import type { LogEngineKind } from '../../../preload/contract/logs.ts'

/** What is read of a Service to decide whether it is a log engine's. */
export interface ListedService {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly spec?: {
    readonly type?: string
    readonly clusterIP?: string
    readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: string }[]
  }
}

export interface DetectedEngine {
  readonly kind: LogEngineKind
  /** `NAMESPACE/SERVICE:PORT` */
  readonly service: string
  readonly evidence: string
}

interface EngineSigns {
  readonly kind: DetectedEngine['kind']
  /** Values of the labels that charts and operators set. */
  readonly names: RegExp
  /** A name of a service without such labels. */
  readonly serviceName: RegExp
  readonly port: number
  /** Names of ports, where the number is another one. */
  readonly portNames: readonly string[]
  /** Words of the component label or, without one, of the service's name: the first is asked rather than a later one. */
  readonly before: readonly RegExp[]
  /** Those that are asked where there is no other. */
  readonly after: readonly RegExp[]
  /** Of the same charts, and no use for a search. */
  readonly others: RegExp
}

/**
 * Loki: the charts loki, loki-stack, loki-distributed and the operator's LokiStack
 * (https://grafana.com/docs/loki/latest/setup/install/helm/). A gateway can ask for a password, so it comes last.
 * OpenSearch: its chart and its operator (https://docs.opensearch.org/latest/install-and-configure/install-opensearch/helm/).
 */
const engines: readonly EngineSigns[] = [
  {
    kind: 'loki',
    names: /^(?:loki|loki-distributed|loki-stack|lokistack|loki-simple-scalable|enterprise-logs)$/,
    serviceName: /(?:^|-)loki(?:-|$)/,
    port: 3_100,
    portNames: ['http-metrics', 'http', 'metrics'],
    before: [/query-frontend/, /(?:^|-)read$/],
    after: [/querier/, /gateway/],
    others:
      /canary|memcached|cache|memberlist|gossip|write|distributor|ingester|compactor|ruler|index-gateway|scheduler|backend|bloom|pattern|overrides|minio|promtail|grafana|alloy|agent|operator|headless|discovery/,
  },
  {
    kind: 'opensearch',
    names: /^(?:opensearch|opensearch-cluster)$/,
    serviceName: /(?:^|-)opensearch(?:-|$)/,
    port: 9_200,
    portNames: ['http', 'https'],
    before: [/coordinat|client/],
    after: [/data/, /master|manager/],
    others: /dashboards|headless|discovery|operator|exporter|metrics|webhook/,
  },
]

const nameLabels = ['app.kubernetes.io/name', 'app', 'k8s-app', 'opster.io/opensearch-cluster'] as const
const chartLabels = ['helm.sh/chart', 'chart'] as const
const mostFound = 20

interface Candidate extends DetectedEngine {
  /** Of services of one installation, only the best is offered. */
  readonly installation: string
  readonly rank: number
}

/** The services that are likely log engines, one for each installation, the most likely first. Pure. */
export function likelyEngines(services: readonly ListedService[]): DetectedEngine[] {
  const candidates = services
    .flatMap((service) => engines.flatMap((signs) => candidateOf(service, signs) ?? []))
    .sort((a, b) => a.rank - b.rank || (a.service < b.service ? -1 : 1))
  const taken = new Set<string>()
  return candidates
    .filter(({ installation }) => !taken.has(installation) && taken.add(installation))
    .slice(0, mostFound)
    .map(({ kind, service, evidence }) => ({ kind, service, evidence }))
}

function candidateOf({ metadata, spec = {} }: ListedService, signs: EngineSigns): Candidate | undefined {
  const { name, namespace = '', labels = {} } = metadata
  // The API server's proxy needs endpoints of its own: it does not follow an external name.
  if (spec.type === 'ExternalName' || spec.clusterIP === 'None') return undefined
  const component = labels['app.kubernetes.io/component'] ?? labels.component ?? ''
  if (signs.others.test(component) || signs.others.test(name)) return undefined
  const sign = signOf(name, labels, signs)
  if (sign === undefined) return undefined
  const port = portOf(spec.ports ?? [], signs, sign.isLabel)
  if (port === undefined) return undefined
  const instance = labels['app.kubernetes.io/instance'] ?? labels.release ?? ''
  return {
    kind: signs.kind,
    service: `${namespace}/${name}:${port}`,
    evidence: `${sign.text}, port ${port}`,
    installation: [signs.kind, namespace, instance === '' ? name : instance].join(' '),
    rank: (sign.isLabel ? 0 : 100) + rankOf(component === '' ? name : component, signs),
  }
}

/** The label, the chart or the name by which a service is known. */
function signOf(
  name: string,
  labels: Readonly<Record<string, string>>,
  { names, serviceName, kind }: EngineSigns,
): { readonly text: string; readonly isLabel: boolean } | undefined {
  const label = nameLabels.find((each) => names.test(labels[each] ?? ''))
  if (label !== undefined) return { text: `label ${label}=${labels[label]}`, isLabel: true }
  if (kind === 'opensearch' && labels['opster.io/opensearch-cluster'] !== undefined)
    return { text: 'label opster.io/opensearch-cluster', isLabel: true }
  const chart = chartLabels.find((each) => names.test((labels[each] ?? '').replace(/-\d[\w.+-]*$/, '')))
  if (chart !== undefined) return { text: `label ${chart}=${labels[chart]}`, isLabel: true }
  return serviceName.test(name) ? { text: `name ${name}`, isLabel: false } : undefined
}

/** Without a label, only the engine's own port counts. */
function portOf(
  ports: NonNullable<NonNullable<ListedService['spec']>['ports']>,
  { port, portNames }: EngineSigns,
  isLabel: boolean,
): number | undefined {
  const open = ports.filter(({ protocol = 'TCP' }) => protocol === 'TCP')
  const own = open.find((each) => each.port === port)
  const named = isLabel ? open.find((each) => portNames.includes(each.name ?? '')) : undefined
  return (own ?? named)?.port
}

/** Below 0 for those that come before one without such words. */
function rankOf(role: string, { before, after }: EngineSigns): number {
  const [early, late] = [before, after].map((list) => list.findIndex((words) => words.test(role))) as [number, number]
  return early >= 0 ? early - before.length : late + 1
}
