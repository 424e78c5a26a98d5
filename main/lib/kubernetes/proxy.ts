import { goProxyFor, type ProxyVariables } from '../rules/go-proxy.ts'

/**
 * The proxy to an API server: the `proxy-url` of the kubeconfig, for loopback addresses too, or the one that helm and kubectl
 * take from the environment. Undefined: a direct connection.
 */
export function clusterProxy(
  server: URL,
  proxyUrl: string | undefined,
  environment: ProxyVariables,
): string | undefined {
  if (proxyUrl !== undefined && proxyUrl !== '') return proxyUrl
  const scheme = server.protocol.slice(0, -1)
  const host = server.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = Number(server.port || (scheme === 'https' ? 443 : 80))
  return goProxyFor({ scheme, host, port }, environment)
}
