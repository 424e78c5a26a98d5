import { readFile } from 'node:fs/promises'
import { getCACertificates } from 'node:tls'
import { Agent, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from 'undici'
import { Problem } from '../../../preload/contract/problem.ts'
import type { Credential } from './credentials.ts'
import type { ClusterEntry } from './kubeconfig-entries.ts'
import { certificatesIn } from './pem.ts'

const connectLimitMs = 10_000
/** Below the 60 s after which cloud load balancers drop a silent connection; client-go uses the same value. */
const keepAliveDelayMs = 30_000

/** TLS to the cluster with one client certificate. Throws FILE_UNREADABLE for a missing authority. */
export async function tlsOptions(cluster: ClusterEntry, credential: Credential) {
  return {
    ca: cluster.insecure ? undefined : await authorities(cluster),
    cert: credential.certificate,
    key: credential.key,
    servername: cluster.serverName,
    // Always set, so that NODE_TLS_REJECT_UNAUTHORIZED has no effect.
    rejectUnauthorized: !cluster.insecure,
  }
}

/**
 * At most `connections` connections to one cluster with one client certificate. HTTP/1.1, so that a stalled connection
 * holds up one request and no other. Throws FILE_UNREADABLE for a missing authority.
 */
export async function openDispatcher(
  cluster: ClusterEntry,
  credential: Credential,
  proxy: string | undefined,
  connections: number,
): Promise<Dispatcher> {
  const tls = {
    ...(await tlsOptions(cluster, credential)),
    timeout: connectLimitMs,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveDelayMs,
    allowH2: false,
  }
  const shared = { connections, pipelining: 1, allowH2: false, headersTimeout: 0, bodyTimeout: 0 }
  if (proxy === undefined) return new Agent({ ...shared, connect: tls })
  const url = new URL(proxy)
  if (url.protocol.startsWith('socks5')) {
    url.protocol = 'socks5:'
    const { timeout: _all, allowH2: _never, ...requestTls } = tls
    return new Socks5ProxyAgent(url, { ...shared, requestTls })
  }
  return new ProxyAgent({
    ...shared,
    uri: url.href,
    requestTls: tls,
    proxyTls: { ca: systemAuthorities(), timeout: connectLimitMs, rejectUnauthorized: true },
  })
}

/** Only the certificate authority of the kubeconfig, as in client-go; without one, everything that this computer trusts. */
async function authorities(cluster: ClusterEntry): Promise<string[]> {
  // OpenSSL refuses all for one that it cannot read.
  if (cluster.authority !== undefined) return [...certificatesIn(cluster.authority)]
  const file = cluster.authorityFile
  if (file === undefined) return systemAuthorities()
  try {
    return [...certificatesIn(await readFile(file, 'utf8'))]
  } catch (error) {
    const message = 'The certificate authority that the kubeconfig names cannot be read.'
    throw new Problem('FILE_UNREADABLE', message, file, { cause: error })
  }
}

let system: string[] | undefined
function systemAuthorities(): string[] {
  system ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])]
  return system
}
