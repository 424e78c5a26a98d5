import { utcTime } from '../../../preload/network-text.ts'
import { cleanText } from '../report/sanitize.ts'
import { type AllowListSubject, type Destination, isKnown, isUnresolved } from './destination.ts'

/** A text of a profile or a server as one line, so that it cannot end a comment, a cell or a string. */
export const oneLine = (text: string): string => cleanText(text).replace(/\s+/g, ' ').trim()

/** Comment lines, one for each text. */
export const comment = (texts: readonly string[], mark = '#'): string =>
  texts.map((text) => `${mark} ${oneLine(text)}`.trimEnd()).join('\n')

/** Days until a firewall rule should be reviewed: a quarter. */
const reviewDays = 90

export const reviewBy = (madeAt: string): string =>
  new Date(Date.parse(madeAt) + reviewDays * 86_400_000).toISOString().slice(0, 10)

/** "2026-03-01 14:05:09 UTC from computer laptop: pass; 192.0.2.7", one line for each vantage. */
export const evidenceLines = ({ evidence }: Destination): readonly string[] =>
  evidence.map(({ at, from, verdict, cause, addresses }) =>
    oneLine(
      `${utcTime(at)} from ${from}: ${verdict}${cause === '' ? '' : ` (${cause})`}${addresses.length === 0 ? '' : `; ${addresses.join(', ')}`}`,
    ),
  )

export const inspectionText = ({ inspection, tls }: Destination): string =>
  !tls ? 'not encrypted' : inspection === 'never' ? 'never' : 'with CA'

/** Whether the component can use a proxy. */
export const proxyText = ({ honoursProxy, proxy, kind }: Destination): string => {
  if (kind === 'nodes') return 'no'
  if (!honoursProxy) return 'no: the component ignores proxy settings'
  return proxy === undefined ? 'possible' : `through ${proxy.host} port ${proxy.port}`
}

const hostAndPort = ({ host, port }: Pick<Destination, 'host' | 'port'>): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** The comment of a rule. */
export const ruleText = (each: Destination): string =>
  oneLine(
    [
      `${each.id}: ${each.title} (${each.componentTitle})`,
      hostAndPort(each),
      each.why,
      each.required ? '' : 'optional',
      each.tls && each.inspection === 'never' ? 'TLS inspection breaks it' : '',
      evidenceLines(each).at(-1) ?? '',
    ]
      .filter((part) => part !== '')
      .join('; '),
  )

/** The first lines of every list. */
export function headerLines({ title, version, madeAt, checkedAt }: AllowListSubject, kind: string): readonly string[] {
  return [
    `${kind} for ${title}, made ${utcTime(madeAt)} by Hangar ${version}. Review by ${reviewBy(madeAt)}.`,
    checkedAt === ''
      ? 'There is no saved run: nothing on this list has been checked yet.'
      : `Evidence is from the run of ${utcTime(checkedAt)}. Addresses are what names resolved to then, and can change.`,
  ]
}

/** Destinations that have no rule below, and why. */
export function unresolvedLines(destinations: readonly Destination[]): readonly string[] {
  const open = destinations.filter(isUnresolved)
  const inbound = destinations.filter(({ direction }) => direction === 'inbound')
  return [
    ...(open.length === 0 ? [] : ['NOT COMPLETE. Find out before you apply this:']),
    ...open.map(
      (each) =>
        `- ${each.id}, port ${each.port}/${each.transport} (${each.componentTitle}: ${each.title}): ${each.unresolvedReason}`,
    ),
    ...inbound.map(
      (each) =>
        `- ${each.id} is inbound (${each.title}): clients outside the cluster connect to ${each.host || 'it'} port ${each.port}; it has no rule here`,
    ),
  ]
}

interface Pitfall {
  readonly applies: (known: readonly Destination[]) => boolean
  readonly message: string
}

const anyHostMatches =
  (suffix: RegExp) =>
  (known: readonly Destination[]): boolean =>
    known.some(({ host }) => suffix.test(host))

/** Common mistakes, with the destinations that they apply to. */
const pitfalls: readonly Pitfall[] = [
  {
    applies: (known) => known.some(({ evidence }) => evidence.some(({ addresses }) => addresses.length > 0)),
    message:
      'Do not replace names with the resolved addresses: services change their addresses, some every hour. If you can only allow addresses, use the ranges that the owner publishes (service tags) and follow their changes.',
  },
  {
    applies: anyHostMatches(/\.(?:servicebus|blob\.core|azurecr|vault)\b.*\.(?:net|io)$|\.amazonaws\.com$/),
    message:
      'Name your own account’s host, never a wildcard of a shared domain (*.blob.core.windows.net, *.servicebus.windows.net, *.amazonaws.com): a wildcard lets data out to any account. Prefer private endpoints.',
  },
  {
    applies: (known) => known.some(({ inspection, tls }) => tls && inspection === 'never'),
    message:
      'Connections whose TLS inspection is "never" break when a device re-signs them, even if its authority is trusted. Exempt them.',
  },
  {
    applies: (known) => known.some(({ protocol }) => protocol.startsWith('amqp') && protocol !== 'amqp-ws'),
    message:
      'AMQP is not HTTP: application-layer rules do not match it, and many proxies tunnel only to port 443. Set the firewall’s idle timeout above the idle time of its connections.',
  },
  {
    applies: (known) => known.some(({ tls }) => tls),
    message:
      'Filters by server name (SNI) block clients that hide or omit it (encrypted ClientHello, connections to an address).',
  },
  {
    applies: (known) => known.length > 0,
    message: 'Allow IPv6 as well if the network has it: clients try it first. UDP 443 (QUIC) is not needed.',
  },
  {
    applies: (known) =>
      known.some(({ kind, protocol }) => kind === 'discovered' || protocol === 'oci' || protocol === 'git'),
    message:
      'A server can redirect a client to another host (image layers, release files). A redirect to a host that is not allowed fails although the first host responds. Run a check after every change.',
  },
  {
    applies: (known) => known.some(({ protocol }) => protocol === 'oci'),
    message:
      'Images are pulled by the nodes themselves (containerd, CRI-O), not by pods: allow the registries for the addresses of the nodes too. No policy for pods covers them.',
  },
]

export const pitfallLines = ({ destinations }: AllowListSubject): readonly string[] => {
  const known = destinations.filter(isKnown)
  return pitfalls.filter(({ applies }) => applies(known)).map(({ message }) => message)
}
