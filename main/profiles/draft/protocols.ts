import type { Endpoint } from '../../../preload/contract/profiles.ts'
import type { Confidence } from './vendor-release.ts'

type Protocol = Endpoint['protocol']

/** The protocol of a destination, as far as files show it. */
export interface KnownProtocol {
  readonly protocol: Protocol
  readonly tls: boolean
  readonly confidence: Confidence
}

/** Schemes of URLs and names of protocols, as vendors write them in lists. */
const names: readonly (readonly [pattern: RegExp, protocol: Protocol, tls: boolean])[] = [
  [/^wss?$|websocket/, 'wss', true],
  [/^https?( ?rest| api)?$|^tls$|^ssl$/, 'https', true],
  [/^grpcs?$/, 'grpc', true],
  [/^amqps? ?1(\.0)?$/, 'amqp1', true],
  [/^amqps? ?0?[.-]?9/, 'amqp091', true],
  [/^amqps?[ -]?(over )?(ws|websockets?)$/, 'amqp-ws', true],
  [/^oci$|container registry|docker/, 'oci', true],
  [/^acme/, 'acme', true],
  [/^git(\+https)?$/, 'git', true],
  [/^arm$|azure resource manager/, 'arm', true],
  [/^(key ?)?vault$/, 'vault', true],
  [/^kubernetes( api)?$/, 'kubernetes', true],
]
const withoutTls: ReadonlySet<string> = new Set(['http', 'ws', 'amqp', 'grpc-plaintext'])

/** Protocols of a list's cell such as "HTTPS, WSS" or "AMQP 1.0"; undefined: a profile has none for it. Pure. */
export function protocolNamed(text: string): KnownProtocol | undefined {
  const [first = '', ...others] = text
    .toLowerCase()
    .split(/[,;/]| and /)
    .map((name) => name.trim())
  const found = names.find(([pattern]) => pattern.test(first))
  if (found === undefined) {
    // Which version of AMQP is not written.
    return /^amqps?$/.test(first) ? { protocol: 'amqp091', tls: true, confidence: 'guess' } : undefined
  }
  const confidence = others.length === 0 ? 'sure' : 'likely'
  return { protocol: found[1], tls: !withoutTls.has(first), confidence }
}

/** Of a URL's scheme; undefined: a profile has no protocol for it. */
export function protocolOfScheme(scheme: string, host: string): KnownProtocol | undefined {
  const name = scheme.toLowerCase()
  if (name === 'https' || name === 'http') return { ...hinted(host, ''), tls: name === 'https' }
  if (name === 'amqp' || name === 'amqps') {
    return { protocol: isServiceBus(host) ? 'amqp1' : 'amqp091', tls: name === 'amqps', confidence: 'likely' }
  }
  const found = names.find(([pattern]) => pattern.test(name))
  return found && { protocol: found[1], tls: !withoutTls.has(name), confidence: 'sure' }
}

const isServiceBus = (host: string): boolean => host.endsWith('.servicebus.windows.net')

/** Well-known ports of protocols that a profile has none for: databases, caches, brokers, mail, SSH. */
const otherPorts: ReadonlySet<number> = new Set([
  22, 25, 389, 465, 587, 636, 1_433, 1_521, 1_883, 3_306, 5_432, 6_379, 8_883, 9_042, 9_092, 9_093, 11_211, 27_017,
])

const tells = (port: number): boolean => otherPorts.has(port) || port === 5671 || port === 5672 || port === 80

/**
 * From a host, its port and the names of the places where it was found, such as `keyVault.host`. `ports`: the most exact one
 * first; the first well-known one decides. Undefined as above. Pure.
 */
export function protocolGuess(host: string, ports: readonly number[], places: string): KnownProtocol | undefined {
  const port = ports.find(tells)
  if (port !== undefined && otherPorts.has(port)) return undefined
  if (port === 5671 || port === 5672) {
    const protocol = isServiceBus(host) ? 'amqp1' : 'amqp091'
    return { protocol, tls: port === 5671, confidence: isServiceBus(host) ? 'likely' : 'guess' }
  }
  if (port === 80) return { protocol: 'https', tls: false, confidence: 'guess' }
  return hinted(host, places)
}

const hosts: readonly (readonly [pattern: RegExp, protocol: Protocol])[] = [
  [/(^|\.)vault\.azure\.net$/, 'vault'],
  [/^acme-|(^|\.)letsencrypt\.org$/, 'acme'],
  [/(^|\.)(azurecr\.io|ghcr\.io|docker\.io|quay\.io|gcr\.io|pkg\.dev)$|^(.+\.)?(dkr\.ecr|registry|harbor)\./, 'oci'],
  [/^(www\.)?(github|gitlab)\.com$|^git\./, 'git'],
  [/^management\.azure\.com$/, 'arm'],
  [/(^|\.)servicebus\.windows\.net$/, 'amqp1'],
]
const placeNames: readonly (readonly [pattern: RegExp, protocol: Protocol])[] = [
  [/key_?-?vault|vault[._-]?(addr|host|url|server)/i, 'vault'],
  [/acme/i, 'acme'],
  [/registry/i, 'oci'],
  [/grpc/i, 'grpc'],
  [/websocket|(^|[^a-z])wss?([^a-z]|$)/i, 'wss'],
  [/(^|[^a-z])git([^a-z]|$)/i, 'git'],
]

function hinted(host: string, places: string): KnownProtocol {
  const byHost = hosts.find(([pattern]) => pattern.test(host))
  if (byHost !== undefined) return { protocol: byHost[1], tls: true, confidence: 'likely' }
  const byName = placeNames.find(([pattern]) => pattern.test(places))
  if (byName !== undefined) return { protocol: byName[1], tls: true, confidence: 'guess' }
  return { protocol: 'https', tls: true, confidence: places === '' ? 'sure' : 'guess' }
}
