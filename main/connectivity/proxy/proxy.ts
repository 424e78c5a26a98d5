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

/** The system's proxy for a URL, in PAC syntax: Electron's `session.resolveProxy`. */
export type ResolveProxy = (url: string) => Promise<string>

/** A table of endpoints, for an evaluation of its proxy settings. */
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
  /** The value of `--proxy`; absent: not given. */
  readonly proxy?: string | undefined
  readonly env: Variables
  readonly resolveProxy?: ResolveProxy | undefined
}

/** Time limit for reading addresses from the cluster. Without them, the advice covers only what is known locally. */
const clusterLimitMs = 3_000
/** A PAC file may have to be fetched first. */
const pacLimitMs = 3_000

/** Evaluates the proxy settings for a table. Leaves out an unreachable cluster and an unavailable PAC file. */
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
  const externalRow = rows.find(({ host, scope }) => host !== '' && scope === 'external')
  const needsSystem = proxy === undefined && !hasProxy(env) && externalRow !== undefined
  const [pac, addresses] = await Promise.all([
    needsSystem ? pacFor(externalRow, resolveProxy, signal) : undefined,
    addressesOf(cluster, signal),
  ])
  const view = proxyView(settingsOf(proxy, env, pac), rows, addresses)
  return { ...view, advice: [...view.advice, ...kubeconfigAdvice(cluster?.proxyUrl)] }
}

/** The kubeconfig's proxy applies only to connections from this computer to the API server. */
const kubeconfigAdvice = (proxyUrl: string | undefined): ProxyView['advice'] =>
  proxyUrl === undefined || proxyUrl === ''
    ? []
    : [
        {
          entry: 'proxy-url',
          message: `is set in the kubeconfig: Hangar, helm and kubectl connect to the API server through ${withoutUserInfo(proxyUrl)}, regardless of the environment. Components do not use it.`,
        },
      ]

/** The system's proxy for a destination, in PAC syntax; undefined if this host cannot query it, or the query fails. */
export async function pacFor(
  { host, port, tls }: { readonly host: string; readonly port: number; readonly tls: boolean },
  resolveProxy: ResolveProxy | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (resolveProxy === undefined) return undefined
  const url = `${tls ? 'https' : 'http'}://${authority(host, port)}/`
  const pac = await withTimeout(pacLimitMs, signal, () => resolveProxy(url)).catch(() => TimedOut)
  signal.throwIfAborted()
  return typeof pac === 'string' ? pac : undefined
}

async function addressesOf(
  cluster: ProxiedTable['cluster'],
  signal: AbortSignal,
): Promise<ClusterAddresses | undefined> {
  if (cluster === undefined) return undefined
  const addresses = await withTimeout(clusterLimitMs, signal, async (limit) => {
    const client = await cluster.open(limit)
    return await readClusterAddresses(client.server, (path) =>
      client.request('GET', path, { timeoutMs: clusterLimitMs }, limit),
    )
  }).catch(() => TimedOut)
  signal.throwIfAborted()
  return typeof addresses === 'object' ? addresses : undefined
}
