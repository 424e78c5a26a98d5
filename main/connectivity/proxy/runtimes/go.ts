import { goProxyVariable, isAlwaysDirect, noProxyEntry } from '../../../lib/rules/go-proxy.ts'
import { byEntry, directly, type Runtime, through } from './destination.ts'

/** Go's net/http, which most Kubernetes programs use. */
export const go: Runtime = ({ host, port, tls }, variables) => {
  const proxy = goProxyVariable(tls ? 'HTTPS_PROXY' : 'HTTP_PROXY', variables)
  if (proxy === undefined) return directly(`no ${tls ? 'HTTPS_PROXY' : 'HTTP_PROXY'} is set`)
  if (isAlwaysDirect(host)) return directly('Go never uses a proxy for this computer')
  const entry = noProxyEntry(host, port, goProxyVariable('NO_PROXY', variables)?.value ?? '')
  return entry === undefined ? through(proxy) : byEntry(entry)
}
