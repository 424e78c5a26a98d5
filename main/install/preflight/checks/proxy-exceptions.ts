import { goProxyFor, type ProxyVariables } from '../../../lib/rules/go-proxy.ts'
import { at, type KubernetesObject, listAt, textAt } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'
import { podsOf, type RenderedPod } from '../rules/pods.ts'

const names = new Set(['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy'])

interface Destination {
  readonly host: string
  readonly port: number
  readonly what: string
}

/** What a component reaches inside the cluster, and never through a proxy. */
const inside = (apiAddress: string | undefined): Destination[] => [
  ...(apiAddress === undefined
    ? []
    : [{ host: apiAddress, port: 443, what: 'the API server (KUBERNETES_SERVICE_HOST)' }]),
  { host: 'kubernetes.default.svc', port: 443, what: '.svc' },
  { host: 'service.namespace.svc.cluster.local', port: 443, what: '.cluster.local' },
]

function variablesOf(container: unknown): ProxyVariables {
  return Object.fromEntries(
    listAt(container, 'env').flatMap((each) => {
      const name = textAt(each, 'name') ?? ''
      const value = textAt(each, 'value')
      return names.has(name) && value !== undefined ? [[name, value]] : []
    }),
  )
}

/** Pure. `apiAddress`: cluster IP of the Service kubernetes. `usesProxy`: this computer reaches the internet through one. */
export function compareProxies(
  pods: readonly RenderedPod[],
  apiAddress: string | undefined,
  usesProxy: boolean,
): CheckOutcome {
  const containers = pods.flatMap((pod) =>
    [...listAt(pod.spec, 'initContainers'), ...listAt(pod.spec, 'containers')].map((container) => ({
      where: `${pod.namespace}/${pod.workload}, container ${textAt(container, 'name')}`,
      variables: variablesOf(container),
    })),
  )
  const proxied = containers.filter(({ variables }) =>
    Object.keys(variables).some((name) => /_proxy$/i.test(name) && !/^no_/i.test(name)),
  )
  if (proxied.length === 0) {
    if (!usesProxy) return skipped('Neither the charts nor this computer use a proxy.')
    return {
      verdict: 'warn',
      message: 'This computer uses a proxy, and no container of the charts has proxy settings.',
      hint: 'If the cluster’s nodes are behind the same proxy, set it in the values. The connectivity check from a pod shows whether they are.',
    }
  }
  const faults = proxied.flatMap(({ where, variables }) => {
    const through = inside(apiAddress).filter(
      ({ host, port }) => goProxyFor({ scheme: 'https', host, port }, variables) !== undefined,
    )
    return through.length === 0 ? [] : [`${where}: ${through.map(({ what }) => what).join(', ')}`]
  })
  if (faults.length === 0)
    return pass(`${proxied.length} containers use a proxy, and none for destinations in the cluster.`)
  return {
    verdict: 'fail',
    message: `Traffic inside the cluster goes to the proxy: ${summary(faults, 3)}.`,
    hint: `Add ${['.svc', '.cluster.local', ...(apiAddress === undefined ? [] : [apiAddress])].join(', ')} and the ranges of pods and Services to NO_PROXY in the values.`,
    evidence: faults.join('\n'),
  }
}

/** The cluster IP of the Service by which pods reach the API server. */
const apiServerAddress = (services: readonly KubernetesObject[]): string | undefined => {
  const service = services.find(({ metadata }) => metadata?.name === 'kubernetes' && metadata.namespace === 'default')
  const address = at(service, 'spec', 'clusterIP')
  return typeof address === 'string' ? address : undefined
}

export const proxyExceptions = defineCheck({
  id: 'proxy.exceptions',
  title: 'Proxy exceptions',
  category: 'network',
  severity: 'warn',
  needs: ['placed', 'services', 'computerProxy'],
  about:
    'For each rendered container with `HTTPS_PROXY` or `HTTP_PROXY`: its `NO_PROXY` excludes the API server, `.svc` and `.cluster.local`, by the rules of Go. A component that sends requests to the API server through a proxy does not start.',
  remedy:
    'Set `NO_PROXY` in the values to `.svc,.cluster.local`, the cluster IP of the Service `kubernetes`, and the ranges of pods and Services. AKS (`--enable-http-proxy` with a configuration file) and OpenShift add the variables to all pods by themselves.',
  decide: ({ placed, services, computerProxy }) =>
    compareProxies(podsOf(placed), apiServerAddress(services ?? []), computerProxy !== undefined),
})
