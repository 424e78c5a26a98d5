import { isIPv6 } from 'node:net'
import { byEntry, directly, firstSet, type Runtime, through } from './destination.ts'

/** Hosts for which the JDK never uses a proxy (sun.net.spi.DefaultProxySelector). */
const always = 'localhost|127.*|[::1]|0.0.0.0|[::0]'

/**
 * Java does not read the environment: start scripts of images convert it to system properties (-Dhttps.proxyHost,
 * -Dhttp.nonProxyHosts), with "|" for "," and "*.name" for ".name", lower case first. A name is one host without its
 * subdomains; there are no ranges and no ports.
 */
export const java: Runtime = ({ host, tls }, variables) => {
  const proxy = firstSet(variables, tls ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'])
  if (proxy === undefined) return directly(`no ${tls ? 'HTTPS_PROXY' : 'HTTP_PROXY'} is set`)
  const name = (isIPv6(host) ? `[${host}]` : host).toLowerCase()
  if (always.split('|').some((pattern) => matches(name, pattern)))
    return directly('Java never uses a proxy for this computer')
  const noProxy = firstSet(variables, ['no_proxy', 'NO_PROXY'])?.value ?? ''
  const entry = noProxy.split(/,\s*/).find((text) => matches(name, patternOf(text).toLowerCase()))
  const { through: url, why } = through(proxy)
  return entry === undefined
    ? { through: url, why: `${why} in http.nonProxyHosts form; only if the start script passes the settings to Java` }
    : byEntry(entry)
}

const patternOf = (entry: string): string => (entry.startsWith('.') ? `*${entry}` : entry)

/** A star at either end matches anything. */
function matches(name: string, pattern: string): boolean {
  const [anyStart, anyEnd] = [pattern.startsWith('*'), pattern.endsWith('*')]
  const core = pattern.slice(anyStart ? 1 : 0, anyEnd && pattern.length > 1 ? -1 : undefined)
  if (pattern === '') return false
  if (anyStart && anyEnd) return name.includes(core)
  if (anyStart) return name.endsWith(core)
  return anyEnd ? name.startsWith(core) : name === core
}
