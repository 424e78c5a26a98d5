import type { EndpointRow, Result, StageResult } from './contract/connectivity.ts'
import { shellWord } from './shell-word.ts'
import { vantageLocation } from './vantages.ts'
import { decidingStage } from './verdicts.ts'
import { pasteSafe } from './visible-text.ts'

/**
 * What the network team needs to act, and a command that reproduces it without Hangar. Pure; the one text for window, reports
 * and terminal. `reproduce` is for a POSIX shell.
 */

/** The time limit of a command, equal to that of a check. */
const waitSeconds = 5

/** "2026-03-01 14:05:09 UTC": the reader can be in another time zone. Other text is returned unchanged. */
export function utcTime(at: string): string {
  const time = new Date(at)
  return Number.isNaN(time.getTime()) ? at : `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** A host without any character that a shell or an option parser would interpret. */
const plainHost = (host: string): string =>
  host
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/[^\w.:-]/g, '')
    .replace(/^-+/, '')

/** Control and other non-ASCII characters of a URL, encoded: the command has one line, and shows what it sends. */
const percentEncoded = (url: string): string =>
  url.replace(/[^ -~]+/g, (characters) => encodeURIComponent(characters.toWellFormed()))

/** A URL that every shell passes on unchanged: POSIX shells and PowerShell read a text in quotes alike if it has no apostrophe. */
const quoted = (text: string): string => shellWord(percentEncoded(text).replaceAll("'", '%27'), 'posix')

const isLiteral = (host: string): boolean => host.includes(':') || /^[\d.]+$/.test(host)
const authority = (host: string, port: number): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

interface Destination {
  readonly host: string
  readonly port: number
  /** For SNI and for the certificate. */
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

/** Paths of the protocols over HTTP, where the row gives none. */
const defaultPaths: Readonly<Record<string, string>> = {
  oci: '/v2/',
  acme: '/directory',
  kubernetes: '/version',
  'amqp-ws': '/$servicebus/websocket',
  grpc: '/hangar.Check/Identify',
}

const upgrade =
  "-H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='"

/** Options that make the request of a protocol; the others use a plain GET. */
const requests: Readonly<Record<string, (tls: boolean) => string>> = {
  wss: () => `--http1.1 ${upgrade}`,
  'amqp-ws': () => `--http1.1 ${upgrade} -H 'Sec-WebSocket-Protocol: amqp'`,
  grpc: (tls) =>
    `${tls ? '--http2' : '--http2-prior-knowledge'} -X POST -H 'Content-Type: application/grpc' -H 'TE: trailers'`,
}

/** The first eight bytes of an AMQP version, escaped for printf. */
const greetings: Readonly<Record<string, string>> = {
  amqp1: 'AMQP\\003\\001\\000\\000',
  amqp091: 'AMQP\\000\\000\\011\\001',
}

/** The command for the stage that failed; without one, for the identity of the server. */
const commands: Readonly<Record<StageResult['stage'], (destination: Destination, resolver: string) => string>> = {
  config: requestCommand,
  dns: ({ host, proxy }, resolver) => lookupCommand(proxy?.host ?? host, resolver),
  tcp: ({ host, port, proxy }) => `nc -vz -w ${waitSeconds} ${proxy?.host ?? host} ${proxy?.port ?? port}`,
  // Only the proxy's answer to CONNECT matters.
  proxy: (destination) => curl({ ...destination, path: '/', protocol: 'https' }, '--proxytunnel '),
  tls: handshakeCommand,
  identity: requestCommand,
  auth: requestCommand,
}

/** A command for a shell at the vantage; empty where nothing was sent. */
export function reproduce(row: EndpointRow, result: Result): string {
  const { stages, facts } = result
  const tried = stages.some(({ stage, verdict }) => stage !== 'config' && verdict !== 'skipped')
  const { port, tls, protocol, path, serverName, ...target } = destinationRow(row, result)
  const host = plainHost(target.host).replace(/(?<=.)\.$/, '')
  if (host === '' || !tried) return ''
  const name = serverName === '' ? host : plainHost(serverName)
  const destination: Destination = { host, port, name, tls, protocol, path, proxy: proxyOf(facts.proxy) }
  return commands[decidingStage(stages)?.stage ?? 'identity'](destination, facts.resolver)
}

/** The destination of the verdict: that of the row, or that of its companion host. */
const destinationRow = (row: EndpointRow, { companion }: Result): EndpointRow =>
  companion === undefined ? row : { ...row, ...companion, path: '', tls: true, serverName: '' }

const proxyKinds: Readonly<
  Record<string, { readonly kind: Proxy['kind']; readonly scheme: string; readonly port: number }>
> = {
  'http:': { kind: 'http', scheme: 'http', port: 80 },
  'https:': { kind: 'https', scheme: 'https', port: 443 },
  // curl lets the proxy resolve names only with "socks5h".
  'socks5:': { kind: 'socks5', scheme: 'socks5h', port: 1_080 },
  'socks5h:': { kind: 'socks5', scheme: 'socks5h', port: 1_080 },
}

function proxyOf(text: string): Proxy | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const known = proxyKinds[url?.protocol ?? '']
  const host = plainHost(url?.hostname ?? '')
  if (url === undefined || known === undefined || host === '') return undefined
  const port = url.port === '' ? known.port : Number(url.port)
  return { url: `${known.scheme}://${authority(host, port)}`, kind: known.kind, host, port }
}

/** The trailing dot prevents search domains. A resolver that is not an address (the hosts file) is left out. */
function lookupCommand(name: string, resolver: string): string {
  const [first = ''] = resolver.split(',')
  const [, bracketed, port = ''] =
    /^\[([\da-f.:]+)\]:(\d+)$/i.exec(first) ?? /^(\d+(?:\.\d+){3})(?::(\d+))?$/.exec(first) ?? []
  const server = bracketed ?? (/^[\da-f.]*:[\da-f.:]+$/i.test(first) ? first : '')
  const parts = ['nslookup', port === '' ? '' : `-port=${port}`, isLiteral(name) ? name : `${name}.`, server]
  return parts.filter((part) => part !== '').join(' ')
}

function handshakeCommand(destination: Destination): string {
  // openssl supports plain HTTP proxies only.
  if (!destination.tls || (destination.proxy !== undefined && destination.proxy.kind !== 'http'))
    return curl(destination)
  return `${sClient(destination)} -showcerts </dev/null`
}

function sClient({ host, port, name, protocol, proxy }: Destination): string {
  const through = proxy === undefined ? '' : ` -proxy ${authority(proxy.host, proxy.port)}`
  const sni = isLiteral(name) ? ' -noservername' : ` -servername ${name}`
  const alpn = protocol === 'grpc' ? ' -alpn h2' : ''
  return `openssl s_client${through} -connect ${authority(host, port)}${sni}${alpn}`
}

/** The first bytes or the request of the protocol. */
function requestCommand(destination: Destination): string {
  const { protocol, proxy, tls, host, port } = destination
  const greeting = greetings[protocol]
  if (greeting === undefined) return curl(destination)
  if (proxy?.kind === 'https' || (proxy?.kind === 'socks5' && tls))
    return curl({ ...destination, path: '/', protocol: 'https' }, '--proxytunnel ')
  const input = `(printf '${greeting}'; sleep ${waitSeconds})`
  if (tls) return `${input} | ${sClient(destination)} -quiet | head -c 64 | od -c`
  const protocolOption = proxy?.kind === 'socks5' ? '5' : 'connect'
  const through = proxy === undefined ? '' : `-X ${protocolOption} -x ${authority(proxy.host, proxy.port)} `
  return `${input} | nc ${through}-w ${waitSeconds} ${host} ${port} | head -c 64 | od -c`
}

function curl({ host, port, name, tls, protocol, path, proxy }: Destination, more = ''): string {
  const through = proxy === undefined ? "--noproxy '*' " : `-x ${proxy.url} `
  const connectTo = name === host ? '' : `--connect-to ${authority(name, port)}:${authority(host, port)} `
  const request = requests[protocol]?.(tls) ?? ''
  const target = (path === '' ? (defaultPaths[protocol] ?? '/') : path).replaceAll(' ', '%20')
  const url = `${tls ? 'https' : 'http'}://${authority(name, port)}${target}`
  // -k: this command checks the server; the handshake command above checks trust.
  return `curl -svkg -o /dev/null -m ${2 * waitSeconds} ${through}${more}${connectTo}${request === '' ? '' : `${request} `}${quoted(url)}`
}

/**
 * What the network team needs to act: source, destination, time, what each stage saw, and how to reproduce it. Pasted into a
 * shell, it runs nothing.
 */
export function networkText(row: EndpointRow, result: Result, startedAt: string): string {
  const { vantage, stages, facts, verdict, cause, hint } = result
  const failed = decidingStage(stages)
  const command = reproduce(row, result)
  const { host, port, protocol, tls } = destinationRow(row, result)
  const lines = [
    `Connection: ${row.title} (${row.componentTitle})`,
    `Source: ${[`${vantage.name} (${vantage.kind})`, facts.source].filter(Boolean).join(', address ')}`,
    `Destination: ${host === '' ? 'not configured' : host}, port ${port}, ${protocol}${tls ? ' over TLS' : ', not encrypted'}`,
    ...(result.companion === undefined ? [] : [`Required by: ${row.host}, port ${row.port}`]),
    ...(facts.addresses.length === 0
      ? []
      : [`Addresses${result.companion === undefined ? '' : ` of ${row.host}`}: ${facts.addresses.join(', ')}`]),
    ...(facts.proxy === '' ? [] : [`Proxy: ${facts.proxy}`]),
    `Direction: ${row.direction}, ${row.scope}`,
    `Time: ${utcTime(failed?.at === undefined || failed.at === '' ? startedAt : failed.at)}`,
    `Result: ${verdict}${cause === '' ? '' : ` (${cause})`}`,
    'Stages:',
    ...stages
      .filter((stage) => stage.verdict !== 'skipped' || stage.stage === 'config')
      .map(
        ({ stage, verdict: stageVerdict, ms, evidence }) =>
          `  ${stage} ${stageVerdict} ${Math.round(ms)} ms: ${evidence.replaceAll('\n', '\n    ')}`,
      ),
    ...(facts.issuer === '' ? [] : [`Certificate issued by: ${facts.issuer}`]),
    ...(row.inspection === 'never' ? ['TLS inspection: must be off for this destination.'] : []),
    ...(hint === '' ? [] : [`What to do: ${hint}`]),
    ...(command === '' ? [] : [`To reproduce, ${vantageLocation(vantage)}, run the command in the last line.`]),
  ]
  return pasteSafe(lines.join('\n'), command === '' ? [] : [command])
}
