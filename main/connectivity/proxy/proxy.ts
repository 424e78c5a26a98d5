import type { ProxyView } from '../../../preload/contract/connectivity.ts'
import type { Endpoint } from '../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { withoutUserInfo } from '../../lib/rules/redaction.ts'
import { rowOf } from '../plan/rows.ts'
import { authority } from '../probe/addresses.ts'
import { TimedOut, withTimeout } from '../probe/transport/time-limit.ts'
import { type ClusterAddresses, readClusterAddresses } from './cluster-addresses.ts'
import type { Variables } from './runtimes/destination.ts'
import { hasProxy, settingsOf } from './sources.ts'
import { type ProxiedRow, proxyView } from './view.ts'

/** What the system says about a URL, as PAC writes it: Electron's `session.resolveProxy`. */
export type ResolveProxy = (url: string) => Promise<string>

/** A table whose proxy settings are asked about. */
export interface ProxiedTable {
  readonly endpoints: readonly Endpoint[]
  readonly settings: JsonObject
  /** Absent: no cluster is known. */
  readonly cluster?:
    | {
        /** `proxy-url` of the kubeconfig. */
        readonly proxyUrl?: string | undefined
        readonly open: (signal: AbortSignal) => Promise<{
          readonly server: string
          readonly request: (
            method: string,
            path: string,
            options: { readonly timeoutMs?: number },
            signal: AbortSignal,
          ) => Promise<unknown>
        }>
      }
    | undefined
}

export interface ProxyRequest {
  /** As `--proxy` has it; absent: not given. */
  readonly proxy?: string | undefined
  readonly env: Variables
  readonly resolveProxy?: ResolveProxy | undefined
}

/** What a cluster may take to say where its parts are; without an answer the advice is about what is known without it. */
const clusterLimitMs = 3_000
/** A PAC file may have to be fetched first. */
const pacLimitMs = 3_000

/** What proxy settings mean for a table. A cluster that cannot be asked, or a PAC file that cannot be had, is left out. */
export async function viewProxy(
  { endpoints, settings, cluster }: ProxiedTable,
  { proxy, env, resolveProxy }: ProxyRequest,
  signal: AbortSignal,
): Promise<ProxyView> {
  const rows = endpoints
    .filter(({ direction }) => direction === 'outbound')
    .map((endpoint): ProxiedRow => {
      const { id, title, host, port, protocol, scope } = rowOf(endpoint, settings, '')
      return {
        id,
        title,
        host,
        port,
        protocol,
        scope,
        tls: endpoint.tls,
        usesProxySettings: endpoint.clientProfile.proxy === 'env',
      }
    })
  const outside = rows.find(({ host, scope }) => host !== '' && scope === 'external')
  const asksSystem = proxy === undefined && !hasProxy(env) && outside !== undefined
  const [pac, addresses] = await Promise.all([
    asksSystem ? pacFor(outside, resolveProxy, signal) : undefined,
    addressesOf(cluster, signal),
  ])
  const view = proxyView(settingsOf(proxy, env, pac), rows, addresses)
  return { ...view, advice: [...view.advice, ...ofKubeconfig(cluster?.proxyUrl)] }
}

/** A proxy that the kubeconfig names holds for what speaks to the API server from here, and for nothing else. */
const ofKubeconfig = (proxyUrl: string | undefined): ProxyView['advice'] =>
  proxyUrl === undefined || proxyUrl === ''
    ? []
    : [
        {
          entry: 'proxy-url',
          message: `of the kubeconfig: Hangar, helm and kubectl speak to the API server through ${withoutUserInfo(proxyUrl)}, whatever the environment says. The components do not know of it.`,
        },
      ]

/** What the system would take for a destination; undefined where it is not asked, or does not say. */
export async function pacFor(
  { host, port, tls }: { readonly host: string; readonly port: number; readonly tls: boolean },
  resolveProxy: ResolveProxy | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (resolveProxy === undefined) return undefined
  const url = `${tls ? 'https' : 'http'}://${authority(host, port)}/`
  const seen = await withTimeout(pacLimitMs, signal, () => resolveProxy(url)).catch(() => TimedOut)
  signal.throwIfAborted()
  return typeof seen === 'string' ? seen : undefined
}

async function addressesOf(
  cluster: ProxiedTable['cluster'],
  signal: AbortSignal,
): Promise<ClusterAddresses | undefined> {
  if (cluster === undefined) return undefined
  const seen = await withTimeout(clusterLimitMs, signal, async (limit) => {
    const client = await cluster.open(limit)
    return await readClusterAddresses(client.server, (path) =>
      client.request('GET', path, { timeoutMs: clusterLimitMs }, limit),
    )
  }).catch(() => TimedOut)
  signal.throwIfAborted()
  return typeof seen === 'object' ? seen : undefined
}
