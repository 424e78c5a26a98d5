import type { Duplex } from 'node:stream'
import { dial } from './dial.ts'
import { proxyLimitMs } from './limits.ts'
import type { ProxyChoice } from './no-proxy.ts'
import { openTunnel, secureProxy, type Tunnel } from './stages/proxy.ts'
import type { Roots } from './tls/roots.ts'
import { codeOf, late, within } from './within.ts'

type Proxy = Extract<ProxyChoice, { kind: 'proxy' }>

export interface Destination {
  readonly host: string
  readonly port: number
}

/** The way to a destination that was found open: an address, and the proxy that it belongs to, where there is one. */
export interface Route {
  readonly address: string
  readonly port: number
  readonly proxy: Proxy | undefined
  readonly destination: Destination
  readonly roots: Roots
}

/** Goes on from an open connection: as it is, or through the proxy at its other end. */
export async function throughProxy(
  stream: Duplex,
  proxy: Proxy,
  destination: Destination,
  roots: Roots,
  signal: AbortSignal,
  limitMs = proxyLimitMs,
): Promise<Tunnel> {
  try {
    const secured = proxy.tls
      ? await within(limitMs, signal, (limit) =>
          secureProxy(
            stream,
            proxy.host,
            roots.context({ trust: { kind: 'system' }, clientCertificate: undefined }),
            limit,
          ),
        )
      : stream
    if (secured === late) return { kind: 'failed', detail: 'no TLS handshake with the proxy itself' }
    return await openTunnel(secured, destination, proxy.userinfo, limitMs, signal)
  } catch (error) {
    stream.destroy()
    signal.throwIfAborted()
    return {
      kind: 'failed',
      detail: `TLS with the proxy itself: ${error instanceof Error ? error.message : codeOf(error)}`,
    }
  }
}

/** One more connection over the same way; undefined when it does not come about. */
export async function reopen(
  { address, port, proxy, destination, roots }: Route,
  signal: AbortSignal,
): Promise<Duplex | undefined> {
  try {
    const socket = await dial(address, port, signal)
    if (proxy === undefined) return socket
    const tunnel = await throughProxy(socket, proxy, destination, roots, signal)
    return tunnel.kind === 'open' ? tunnel.stream : undefined
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}
