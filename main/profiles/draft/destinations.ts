import { isIP } from 'node:net'
import { isHostKey } from './settings.ts'

/** A host that a text names. */
export interface Destination {
  readonly scheme: string | undefined
  readonly host: string
  readonly port: number | undefined
  readonly path: string | undefined
}

const url =
  /\b([a-z][a-z\d+.-]{1,20}):\/\/(?:[^\s/@"'<>]{0,200}@)?(\[[\da-f:.]{2,40}\]|[a-z\d](?:[a-z\d.-]{0,250}[a-z\d])?)(?::(\d{1,5}))?(\/[\w.~%!$&*+=:@?/-]{0,500})?/gi
const hostWithPort =
  /(?<![\w.@/:-])((?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,10}[a-z][a-z\d-]{0,30}|\d{1,3}(?:\.\d{1,3}){3}):(\d{2,5})(?![\w.:-])/gi
const sample = /hangar-setting-\d{1,4}\.invalid/g
const hostName = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,10}[a-z][a-z\d-]{0,30}$/i
/** Whether a text is the name of a host with a domain, or an IP address. */
export const isHostName = (text: string): boolean => hostName.test(text) || isIP(text) !== 0
const comment = /^\s*(#|\/\/|\*|\/\*|<!--|;)/
const isFile =
  /\.(ya?ml|json|toml|conf|cfg|ini|properties|pem|crt|key|jar|log|txt|html?|xml|sock|so|md|sh|m?js|ts|py|java|kt|go|rs|rb|c|cpp|cs|lua)$/i
/** A key of a ConfigMap with a program: the hosts in it are part of what it does with its settings, or of its tests. */
export const isProgram = (key: string): boolean => /\.(sh|m?js|cjs|ts|py|java|kt|go|rs|rb|lua|pl|php)$/i.test(key)
/** Names of environment variables and fields that hold a host alone. */
const hostNames = /host|server|endpoint|addr|url|uri|broker|domain|fqdn/i

const textLimit = 500_000

/** The destinations in a text of a value or an object. `key`: of its field or environment variable. Comments are left out. Pure. */
export function destinationsIn(text: string, key: string): Destination[] {
  const lines = text.length > textLimit ? [] : text.split('\n').filter((line) => !comment.test(line))
  return lines.flatMap((line) => inLine(line, key, lines.length === 1))
}

function inLine(line: string, key: string, isWhole: boolean): Destination[] {
  const found: Destination[] = []
  let rest = line.replace(
    url,
    (_all, scheme: string, host: string, port: string | undefined, path: string | undefined) => {
      const isValid = hostName.test(host) || isIP(host.replace(/^\[|\]$/g, '')) !== 0 || !host.includes('.')
      if (!isValid) return ' '
      found.push({
        scheme: scheme.toLowerCase(),
        host: host.replace(/^\[|\]$/g, '').toLowerCase(),
        port: portOf(port),
        path: path === '/' ? undefined : path,
      })
      return ' '
    },
  )
  rest = rest.replace(hostWithPort, (all, host: string, port: string) => {
    const number = portOf(port)
    if (number === undefined || isFile.test(host)) return all
    found.push({ scheme: undefined, host: host.toLowerCase(), port: number, path: undefined })
    return ' '
  })
  const bare = { scheme: undefined, port: undefined, path: undefined }
  const samples = rest.match(sample) ?? []
  if (samples.length > 0) return [...found, ...samples.map((host) => ({ ...bare, host }))]
  const trimmed = rest.trim()
  const isNamed = isWhole && (isHostKey(key) || hostNames.test(key)) && hostName.test(trimmed) && !isFile.test(trimmed)
  return isNamed ? [...found, { ...bare, host: trimmed.toLowerCase() }] : found
}

function portOf(text: string | undefined): number | undefined {
  const port = Number(text)
  return text !== undefined && port > 0 && port < 65_536 ? port : undefined
}

/** Of documentation, schemas and licences. */
const documentation =
  /(^|\.)(example\.(com|org|net)|example|w3\.org|json-schema\.org|schemastore\.org|kubernetes\.io|k8s\.io|helm\.sh|artifacthub\.io|apache\.org|opensource\.org|spdx\.org|ietf\.org|rfc-editor\.org|golang\.org|readthedocs\.io)$|^(docs|doc|schemas?|xml|licen[cs]es?)\./

/** Why a host is no endpoint outside of the pod; undefined: it is one. Pure. */
export function excludedBecause(host: string): 'cluster' | 'local' | 'documentation' | undefined {
  if (/^hangar-setting-\d+\.invalid$/.test(host)) return undefined
  if (/^(localhost|127\.|0\.0\.0\.0$|::1?$|169\.254\.)|\.localhost$/.test(host)) return 'local'
  if (/\.svc$|\.svc\.|\.cluster\.local$/.test(host)) return 'cluster'
  // A name without a dot is resolved by the cluster's search domains.
  if (!/[.:]/.test(host)) return 'cluster'
  return documentation.test(host) || host.endsWith('.invalid') ? 'documentation' : undefined
}

/** Addresses and names that only a private network resolves. */
export const isPrivate = (host: string): boolean =>
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][\da-f]{2}:)|\.(internal|intranet|corp|lan|local|private)$|\.privatelink\./.test(
    host,
  )
