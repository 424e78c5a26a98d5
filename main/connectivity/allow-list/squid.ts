import { isIP } from 'node:net'
import { type AllowListSubject, type Destination, isKnown } from './destination.ts'
import { comment, headerLines, pitfallLines, ruleText, unresolvedLines } from './words.ts'

const http: ReadonlySet<string> = new Set(['https', 'oci', 'acme', 'git', 'arm', 'vault', 'kubernetes', 'http'])

/** Clear-text HTTP is a plain request; all else is a tunnel (CONNECT). */
const isTunnel = ({ tls, protocol }: Destination): boolean => tls || !http.has(protocol)

/** A file to include in squid.conf: exactly these hosts on exactly these ports, as tunnels or as plain requests. */
export function squidList(subject: AllowListSubject): string {
  const all = subject.destinations.filter((each) => isKnown(each) && each.scope !== 'cluster')
  const groups = Map.groupBy(all, (each) => `${isTunnel(each) ? 'tunnel' : 'plain'}_${each.port}`)
  const ports = [...new Set(all.filter(isTunnel).map(({ port }) => port))].toSorted((a, b) => a - b)
  const plain = [...new Set(all.filter((each) => !isTunnel(each)).map(({ port }) => port))]
  const direct = all.filter(({ honoursProxy }) => !honoursProxy)
  const parts = [
    comment(headerLines(subject, 'ACLs for Squid')),
    comment([
      'Include it in squid.conf after its "deny" lines for ports and before "http_access deny all".',
      'Narrow hangar_clients to the addresses of your nodes (pods usually leave with those).',
    ]),
    comment(unresolvedLines(subject.destinations)),
    direct.length === 0
      ? ''
      : comment([
          'These components ignore proxy settings. Their lines help only a transparent proxy; otherwise the firewall must allow them directly:',
          ...direct.map(({ id, componentTitle }) => `- ${id} (${componentTitle})`),
        ]),
    'acl hangar_clients src 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7',
    'acl CONNECT method CONNECT',
    // By default Squid tunnels only to port 443; an ACL of the same name extends the list.
    ...(ports.length === 0 ? [] : [`acl SSL_ports port ${ports.join(' ')}`]),
    ...(ports.length + plain.length === 0 ? [] : [`acl Safe_ports port ${[...ports, ...plain].join(' ')}`]),
    ...[...groups].map(([name, destinations]) => group(name, destinations)),
    neverInspected(all),
    comment(pitfallLines(subject)),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function group(name: string, destinations: readonly Destination[]): string {
  const [first] = destinations
  if (first === undefined) return ''
  const method = isTunnel(first) ? 'CONNECT' : '!CONNECT'
  const hosts = [...Map.groupBy(destinations, ({ host }) => host)]
  const lines = hosts.flatMap(([host, each]) => [comment(each.map(ruleText)), hostLine(`hangar_${name}`, host)])
  const kinds = new Set(hosts.map(([host]) => kindOf(host)))
  return [
    `acl hangar_${name}_port port ${first.port}`,
    ...lines,
    ...[...kinds].map(
      (kind) => `http_access allow hangar_clients ${method} hangar_${name}_port hangar_${name}_${kind}`,
    ),
  ].join('\n')
}

const kindOf = (host: string): 'names' | 'addresses' => (isIP(host) === 0 ? 'names' : 'addresses')

/** `-n`: matches the host of the request as written, without DNS lookups. */
const hostLine = (name: string, host: string): string =>
  kindOf(host) === 'names'
    ? `acl ${name}_names dstdomain -n ${host}`
    : `acl ${name}_addresses dstdom_regex -n ^\\[?${host.replaceAll('.', '\\.')}\\]?$`

/** As comments: a Squid built without OpenSSL rejects these lines, and cannot inspect TLS anyway. */
function neverInspected(all: readonly Destination[]): string {
  const hosts = [...new Set(all.filter(({ inspection, tls }) => tls && inspection === 'never').map(({ host }) => host))]
  if (hosts.length === 0) return ''
  return comment([
    'If this Squid inspects TLS (ssl_bump), uncomment these lines and put them before any other ssl_bump line: inspection breaks these hosts.',
    ...hosts.map((host) => `acl hangar_never_inspected ssl::server_name ${host}`),
    'ssl_bump splice hangar_never_inspected',
  ])
}
