import { isIP, isIPv4 } from 'node:net'
import { z } from 'zod'
import { bareHost } from '../probe/addresses.ts'

/** A range of a cluster, and an address in it. */
interface AddressRange {
  readonly range: string
  readonly sample: string
}

/** The addresses inside a cluster, as far as the API server reports them. */
export interface ClusterAddresses {
  readonly services: readonly AddressRange[]
  readonly pods: readonly AddressRange[]
  readonly nodes: readonly string[]
  readonly apiServers: readonly string[]
}

/** Sends a GET request to the API server. Rejects if the request fails. */
export type GetFromApiServer = (path: string) => Promise<unknown>

const ServiceRanges = z.object({ items: z.array(z.object({ spec: z.object({ cidrs: z.array(z.string()) }) })) })
const Nodes = z.object({
  items: z.array(
    z.object({
      spec: z.object({ podCIDRs: z.array(z.string()).optional() }).optional(),
      status: z
        .object({ addresses: z.array(z.object({ type: z.string(), address: z.string() })).optional() })
        .optional(),
    }),
  ),
})
const Service = z.object({ spec: z.object({ clusterIPs: z.array(z.string()).optional() }) })

/** Nobody lists more nodes than this in NO_PROXY. */
const nodeLimit = 20

/**
 * The addresses of a cluster: its Service ranges (reported since Kubernetes 1.33), the pod ranges of its nodes, the nodes, and
 * its API server from inside and outside. Leaves out what does not exist or cannot be read.
 */
export async function readClusterAddresses(server: string, get: GetFromApiServer): Promise<ClusterAddresses> {
  const [ranges, nodes, api] = await Promise.all([
    get('/apis/networking.k8s.io/v1/servicecidrs').then(ServiceRanges.safeParse, () => undefined),
    get(`/api/v1/nodes?limit=${nodeLimit}`).then(Nodes.safeParse, () => undefined),
    get('/api/v1/namespaces/default/services/kubernetes').then(Service.safeParse, () => undefined),
  ])
  const items = nodes?.data?.items ?? []
  const clusterIPs = api?.data?.spec.clusterIPs ?? []
  const serverHost = URL.canParse(server) ? bareHost(new URL(server).hostname) : ''
  return {
    services: rangesOf((ranges?.data?.items ?? []).flatMap(({ spec }) => spec.cidrs)),
    pods: rangesOf(items.flatMap(({ spec }) => spec?.podCIDRs ?? [])),
    nodes: items.flatMap(({ status }) =>
      (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address),
    ),
    apiServers: [...new Set([...clusterIPs, ...(isLocal(serverHost) ? [] : [serverHost])])].filter(
      (host) => host !== '',
    ),
  }
}

const isLocal = (host: string): boolean => host === 'localhost' || /^127\.|^::1$/.test(host)

/** Each range once, with its first usable address. */
const rangesOf = (ranges: readonly string[]): readonly AddressRange[] =>
  [...new Set(ranges)].flatMap((range) => {
    const [net = ''] = range.split('/')
    if (isIP(net) === 0) return []
    const sample = isIPv4(net)
      ? net.replace(/\d+$/, (last) => String(Number(last) + 1))
      : `${net.replace(/::$/, '')}${net.endsWith('::') ? '::1' : ''}`
    return [{ range, sample }]
  })
