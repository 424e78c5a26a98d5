import { addressKind } from '../../probe/addresses.ts'
import { entryThatBypasses } from '../../probe/proxy/no-proxy.ts'
import { byEntry, directly, firstSet, type Runtime, through } from './destination.ts'

/** golang.org/x/net/http/httpproxy, which net/http and most programs of Kubernetes go by: upper case first. */
export const go: Runtime = ({ host, port, tls }, variables) => {
  const proxy = firstSet(variables, tls ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'])
  if (proxy === undefined) return directly(`no ${tls ? 'HTTPS_PROXY' : 'HTTP_PROXY'} is set`)
  if (host === 'localhost' || addressKind(host) === 'loopback')
    return directly('Go never asks a proxy for this machine')
  const entry = entryThatBypasses(host, port, firstSet(variables, ['NO_PROXY', 'no_proxy'])?.value ?? '')
  return entry === undefined ? through(proxy) : byEntry(entry)
}
