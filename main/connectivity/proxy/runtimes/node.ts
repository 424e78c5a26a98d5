import { byEntry, directly, type Reading, type Runtime, through, type Variables } from './destination.ts'

interface Entry {
  readonly text: string
  readonly host: string
  readonly port: number
  readonly wildcard: boolean
}

/**
 * undici's EnvHttpProxyAgent, which Node uses if NODE_USE_ENV_PROXY=1 is set: lower case first, HTTPS falls back to HTTP_PROXY,
 * spaces and commas separate entries, and ranges are compared as names. Without that variable, Node connects directly.
 */
export const node: Runtime = ({ host, port, tls }, variables) => {
  const [http, https] = [setting(variables, 'http_proxy'), setting(variables, 'https_proxy')]
  const proxy = tls ? (https ?? http) : http
  if (proxy === undefined) return directly(`no ${tls ? 'HTTPS_PROXY' : 'HTTP_PROXY'} is set`)
  const name = host.toLowerCase().replace(/(.)\.$/, '$1')
  const entry = entriesOf(variables.no_proxy ?? variables.NO_PROXY ?? '').find((each) => matches(name, port, each))
  return entry === undefined ? onlyIfEnabled(through(proxy)) : byEntry(entry.text)
}

const onlyIfEnabled = ({ through: proxy, why }: Reading): Reading => ({
  through: proxy,
  why: `${why}; only if NODE_USE_ENV_PROXY=1 is set or the program enables it`,
})

/** A lower-case variable hides the upper-case one, even when it is empty. */
function setting(variables: Variables, lower: string): { readonly name: string; readonly value: string } | undefined {
  const name = variables[lower] === undefined ? lower.toUpperCase() : lower
  const value = variables[name] ?? ''
  return value === '' ? undefined : { name, value }
}

const entriesOf = (noProxy: string): readonly Entry[] =>
  noProxy
    .split(/[,\s]/)
    .filter((text) => text !== '')
    .map((text) => {
      const bracketed = /^\[(.+)\]:(\d+)$/.exec(text)
      const bare = text.replace(/^\[(.+)\]$/, '$1')
      const plain = (bare.match(/:/g) ?? []).length === 1 ? /^(.+):(\d+)$/.exec(bare) : null
      const [host, port] = [bracketed?.[1] ?? plain?.[1] ?? bare, Number(bracketed?.[2] ?? plain?.[2] ?? 0)]
      const stripped = host.replace(/^\*?\./, '').replace(/^(.+)\.$/, '$1')
      return { text, host: stripped.toLowerCase(), port, wildcard: text.startsWith('*') }
    })

function matches(name: string, port: number, entry: Entry): boolean {
  if (entry.port !== 0 && entry.port !== port) return false
  if (entry.host === '*') return true
  return (!entry.wildcard && name === entry.host) || name.endsWith(`.${entry.host}`)
}
