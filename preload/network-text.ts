import type { EndpointRow, Result, StageResult } from './contract/connectivity.ts'
import { vantageLocation } from './vantages.ts'
import { decidingStage } from './verdicts.ts'

/**
 * What the team that runs the network needs to act, and a command with which anyone sees the same without Hangar.
 * Pure; window, reports and terminal say it in these words alone. `reproduce` is written for a POSIX shell.
 */

/** How long a command waits, as long as a check does. */
const waitSeconds = 5

/** "2026-03-01 14:05:09 UTC": whoever reads it may be in another zone. As it stands where it is no time. */
export function utcTime(at: string): string {
  const time = new Date(at)
  return Number.isNaN(time.getTime()) ? at : `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** A host as a program takes it: nothing that a shell or an option could be made of. */
const plainHost = (host: string): string =>
  host
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/[^\w.:-]/g, '')
    .replace(/^-+/, '')

/** An argument as a shell takes it whole. */
const quoted = (text: string): string =>
  /^[\w.:/@%+=,-]+$/.test(text) ? text : `'${text.replace(/[\u0000-\u001f\u007f]/g, '').replaceAll("'", "'\\''")}'`

const isLiteral = (host: string): boolean => host.includes(':') || /^[\d.]+$/.test(host)
const authority = (host: string, port: number): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

interface Place {
  readonly host: string
  readonly port: number
  /** The name that is asked for in SNI and certificate. */
  readonly name: string
  readonly tls: boolean
  readonly protocol: string
  readonly path: string
  readonly proxy: Proxy | undefined
}
interface Proxy {
  readonly url: string
  readonly kind: 'http' | 'https' | 'socks5'
  readonly host: string
  readonly port: number
}

/** Asked for by the protocols that are HTTP, where the row says nothing of its own. */
const ownPaths: Readonly<Record<string, string>> = {
  oci: '/v2/',
  acme: '/directory',
  kubernetes: '/version',
  'amqp-ws': '/$servicebus/websocket',
  grpc: '/hangar.Check/Identify',
}

const upgrade =
  "-H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='"

/** What makes a request of a protocol; the others are asked with a plain GET. */
const requests: Readonly<Record<string, (tls: boolean) => string>> = {
  wss: () => `--http1.1 ${upgrade}`,
  'amqp-ws': () => `--http1.1 ${upgrade} -H 'Sec-WebSocket-Protocol: amqp'`,
  grpc: (tls) =>
    `${tls ? '--http2' : '--http2-prior-knowledge'} -X POST -H 'Content-Type: application/grpc' -H 'TE: trailers'`,
}

/** The first eight bytes of a dialect, as printf writes them. */
const greetings: Readonly<Record<string, string>> = {
  amqp1: 'AMQP\\003\\001\\000\\000',
  amqp091: 'AMQP\\000\\000\\011\\001',
}

/** Which layer a command has to look at: the stage that failed, or whoever answers at the far end. */
const commands: Readonly<Record<StageResult['stage'], (place: Place, resolver: string) => string>> = {
  config: ask,
  dns: ({ host, proxy }, resolver) => lookUp(proxy?.host ?? host, resolver),
  tcp: ({ host, port, proxy }) => `nc -vz -w ${waitSeconds} ${proxy?.host ?? host} ${proxy?.port ?? port}`,
  // What the proxy answers to CONNECT is what matters, whatever would be said through it.
  proxy: (place) => curl({ ...place, path: '/', protocol: 'https' }, '--proxytunnel '),
  tls: handshake,
  identity: ask,
  auth: ask,
}

/** For the shell of the vantage; empty where nothing was tried. */
export function reproduce(row: EndpointRow, result: Result): string {
  const { stages, facts: seen } = result
  const tried = stages.some(({ stage, verdict }) => stage !== 'config' && verdict !== 'skipped')
  const { port, tls, protocol, path, serverName, ...about } = aboutOf(row, result)
  const host = plainHost(about.host).replace(/(?<=.)\.$/, '')
  if (host === '' || !tried) return ''
  const name = serverName === '' ? host : plainHost(serverName)
  const place: Place = { host, port, name, tls, protocol, path, proxy: proxyOf(seen.proxy) }
  return commands[decidingStage(stages)?.stage ?? 'identity'](place, seen.resolver)
}

/** What the verdict is about: the row's own destination, or a further host that it needs. */
const aboutOf = (row: EndpointRow, { companion }: Result): EndpointRow =>
  companion === undefined ? row : { ...row, ...companion, path: '', tls: true, serverName: '' }

const proxyKinds: Readonly<
  Record<string, { readonly kind: Proxy['kind']; readonly scheme: string; readonly port: number }>
> = {
  'http:': { kind: 'http', scheme: 'http', port: 80 },
  'https:': { kind: 'https', scheme: 'https', port: 443 },
  // curl leaves names to the proxy with the "h" alone.
  'socks5:': { kind: 'socks5', scheme: 'socks5h', port: 1_080 },
  'socks5h:': { kind: 'socks5', scheme: 'socks5h', port: 1_080 },
}

function proxyOf(text: string): Proxy | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const found = proxyKinds[url?.protocol ?? '']
  const host = plainHost(url?.hostname ?? '')
  if (url === undefined || found === undefined || host === '') return undefined
  const port = url.port === '' ? found.port : Number(url.port)
  return { url: `${found.scheme}://${authority(host, port)}`, kind: found.kind, host, port }
}

/** With a trailing dot no search domain is tried. A resolver that is no address (the hosts file) cannot be asked by name. */
function lookUp(name: string, resolver: string): string {
  const [first = ''] = resolver.split(',')
  const [, bracketed, port = ''] =
    /^\[([\da-f.:]+)\]:(\d+)$/i.exec(first) ?? /^(\d+(?:\.\d+){3})(?::(\d+))?$/.exec(first) ?? []
  const server = bracketed ?? (/^[\da-f.]*:[\da-f.:]+$/i.test(first) ? first : '')
  const parts = ['nslookup', port === '' ? '' : `-port=${port}`, isLiteral(name) ? name : `${name}.`, server]
  return parts.filter((part) => part !== '').join(' ')
}

function handshake(place: Place): string {
  // openssl knows proxies of the plain kind alone.
  if (!place.tls || (place.proxy !== undefined && place.proxy.kind !== 'http')) return curl(place)
  return `${sClient(place)} -showcerts </dev/null`
}

function sClient({ host, port, name, protocol, proxy }: Place): string {
  const through = proxy === undefined ? '' : ` -proxy ${authority(proxy.host, proxy.port)}`
  const sni = isLiteral(name) ? ' -noservername' : ` -servername ${name}`
  const alpn = protocol === 'grpc' ? ' -alpn h2' : ''
  return `openssl s_client${through} -connect ${authority(host, port)}${sni}${alpn}`
}

/** As the protocol itself begins. */
function ask(place: Place): string {
  const { protocol, proxy, tls, host, port } = place
  const greeting = greetings[protocol]
  if (greeting === undefined) return curl(place)
  if (proxy?.kind === 'https' || (proxy?.kind === 'socks5' && tls))
    return curl({ ...place, path: '/', protocol: 'https' }, '--proxytunnel ')
  const said = `(printf '${greeting}'; sleep ${waitSeconds})`
  if (tls) return `${said} | ${sClient(place)} -quiet | head -c 64 | od -c`
  const manner = proxy?.kind === 'socks5' ? '5' : 'connect'
  const through = proxy === undefined ? '' : `-X ${manner} -x ${authority(proxy.host, proxy.port)} `
  return `${said} | nc ${through}-w ${waitSeconds} ${host} ${port} | head -c 64 | od -c`
}

function curl({ host, port, name, tls, protocol, path, proxy }: Place, more = ''): string {
  const through = proxy === undefined ? "--noproxy '*' " : `-x ${proxy.url} `
  const way = name === host ? '' : `--connect-to ${authority(name, port)}:${authority(host, port)} `
  const request = requests[protocol]?.(tls) ?? ''
  const wanted = (path === '' ? (ownPaths[protocol] ?? '/') : path).replaceAll(' ', '%20')
  const url = `${tls ? 'https' : 'http'}://${authority(name, port)}${wanted}`
  // Who answers is the question; the handshake, and whom to trust, have a command of their own.
  return `curl -svkg -o /dev/null -m ${2 * waitSeconds} ${through}${more}${way}${request === '' ? '' : `${request} `}${quoted(url)}`
}

/** What the team that runs the network needs to act: from, to, when, what was seen, how to see it again. */
export function networkText(row: EndpointRow, result: Result, startedAt: string): string {
  const { vantage, stages, facts: seen, verdict, cause, hint } = result
  const failed = decidingStage(stages)
  const again = reproduce(row, result)
  const { host, port, protocol, tls } = aboutOf(row, result)
  const lines = [
    `Connection: ${row.title} (${row.componentTitle})`,
    `Source: ${[`${vantage.name} (${vantage.kind})`, seen.source].filter(Boolean).join(', address ')}`,
    `Destination: ${host === '' ? 'not configured' : host}, port ${port}, ${protocol}${tls ? ' over TLS' : ', not encrypted'}`,
    ...(result.companion === undefined ? [] : [`Needed by: ${row.host}, port ${row.port}`]),
    ...(seen.addresses.length === 0
      ? []
      : [`Addresses${result.companion === undefined ? '' : ` of ${row.host}`}: ${seen.addresses.join(', ')}`]),
    ...(seen.proxy === '' ? [] : [`Proxy: ${seen.proxy}`]),
    `Direction: ${row.direction}, ${row.scope}`,
    `Time: ${utcTime(failed?.at === undefined || failed.at === '' ? startedAt : failed.at)}`,
    `Result: ${verdict}${cause === '' ? '' : ` (${cause})`}`,
    'Seen:',
    ...stages
      .filter((stage) => stage.verdict !== 'skipped' || stage.stage === 'config')
      .map(
        ({ stage, verdict: judged, ms, evidence }) =>
          `  ${stage} ${judged} ${Math.round(ms)} ms: ${evidence.replaceAll('\n', '\n    ')}`,
      ),
    ...(seen.issuer === '' ? [] : [`Certificate issued by: ${seen.issuer}`]),
    ...(row.inspection === 'never' ? ['TLS inspection: must be off for this destination.'] : []),
    ...(hint === '' ? [] : [`Asked for: ${hint}`]),
    ...(again === '' ? [] : [`To see it again, ${vantageLocation(vantage)}: ${again}`]),
  ]
  return lines.join('\n')
}
