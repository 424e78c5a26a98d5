import { isIP } from 'node:net'
import { inRanges } from '../../probe/addresses.ts'
import { byEntry, directly, firstSet, type Runtime, through } from './destination.ts'

/**
 * libcurl (lib/noproxy.c), and programs built on it: lower case first, HTTP_PROXY only in lower case. Entries are names with
 * their subdomains, or addresses and ranges (since 7.86); no ports, no "*.", and "*" only as the whole value.
 */
export const curl: Runtime = ({ host, tls }, variables) => {
  const proxy = firstSet(
    variables,
    tls ? ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'] : ['http_proxy', 'all_proxy', 'ALL_PROXY'],
  )
  if (proxy === undefined) {
    const ignored = !tls && firstSet(variables, ['HTTP_PROXY']) !== undefined
    return directly(
      ignored ? 'curl does not read HTTP_PROXY, only http_proxy' : `no ${tls ? 'HTTPS_PROXY' : 'http_proxy'} is set`,
    )
  }
  const noProxy = firstSet(variables, ['no_proxy', 'NO_PROXY'])?.value ?? ''
  if (noProxy === '*') return byEntry('*')
  const entry = entriesOf(noProxy).find((text) => matches(host.toLowerCase(), text.toLowerCase()))
  return entry === undefined ? through(proxy) : byEntry(entry)
}

/** A space without a comma after it ends the list. */
function entriesOf(noProxy: string): readonly string[] {
  const entries: string[] = []
  for (const part of noProxy.split(',')) {
    const [entry = '', more] = part.trim().split(/[ \t]+/)
    if (entry !== '') entries.push(entry)
    if (more !== undefined) break
  }
  return entries
}

function matches(host: string, entry: string): boolean {
  if (isIP(host) !== 0) return entry.includes('/') ? inRanges(host, [entry]) : entry === host
  const name = host.replace(/\.$/, '')
  const domain = entry.replace(/\.$/, '').replace(/^\./, '')
  return domain !== '' && (name === domain || name.endsWith(`.${domain}`))
}
