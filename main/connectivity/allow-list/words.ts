import { utcTime } from '../../../preload/network-text.ts'
import { cleanText } from '../report/sanitize.ts'
import { type AllowListSubject, type Destination, isKnown, isOpen } from './destination.ts'

/** A text as one line that ends no comment, no cell and no string: what a profile or a far end wrote. */
export const oneLine = (text: string): string => cleanText(text).replace(/\s+/g, ' ').trim()

/** Lines of a comment. Each text is one line; nothing in it can begin another. */
export const comment = (texts: readonly string[], mark = '#'): string =>
  texts.map((text) => `${mark} ${oneLine(text)}`.trimEnd()).join('\n')

/** How long a rule of a firewall should stand before somebody looks at it again: a quarter. */
const reviewDays = 90

export const reviewBy = (madeAt: string): string =>
  new Date(Date.parse(madeAt) + reviewDays * 86_400_000).toISOString().slice(0, 10)

/** "2026-03-01 14:05:09 UTC from computer laptop: pass; 192.0.2.7", for the latest of each vantage. */
export const evidenceWords = ({ evidence }: Destination): readonly string[] =>
  evidence.map(({ at, from, verdict, cause, addresses }) =>
    oneLine(
      `${utcTime(at)} from ${from}: ${verdict}${cause === '' ? '' : ` (${cause})`}${addresses.length === 0 ? '' : `; ${addresses.join(', ')}`}`,
    ),
  )

export const inspectionWords = ({ inspection, tls }: Destination): string =>
  !tls ? 'not encrypted' : inspection === 'never' ? 'never' : 'with CA'

/** Whether a proxy is any help: raw AMQP can only be tunnelled, and a component that takes no proxy will not ask one. */
export const proxyWords = ({ honoursProxy, proxy, kind }: Destination): string => {
  if (kind === 'nodes') return 'no'
  if (!honoursProxy) return 'no: the component takes none'
  return proxy === undefined ? 'possible' : `through ${proxy.host} port ${proxy.port}`
}

const hostAndPort = ({ host, port }: Pick<Destination, 'host' | 'port'>): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** What a rule is about, for the comment beside it. */
export const ruleWords = (each: Destination): string =>
  oneLine(
    [
      `${each.id}: ${each.title} (${each.componentTitle})`,
      hostAndPort(each),
      each.why,
      each.required ? '' : 'optional',
      each.tls && each.inspection === 'never' ? 'TLS inspection breaks it' : '',
      evidenceWords(each).at(-1) ?? '',
    ]
      .filter((part) => part !== '')
      .join('; '),
  )

/** What every list says at its head. */
export function headWords({ title, version, madeAt, checkedAt }: AllowListSubject, what: string): readonly string[] {
  return [
    `${what} for ${title}, made ${utcTime(madeAt)} by Hangar ${version}. Review by ${reviewBy(madeAt)}.`,
    checkedAt === ''
      ? 'No run is kept: nothing on this list has been tried yet.'
      : `Evidence is of the run of ${utcTime(checkedAt)}. Addresses are what names gave then: a snapshot, not a promise.`,
  ]
}

/** What is not in the rules below, and why: nothing is left out in silence. */
export function openWords(destinations: readonly Destination[]): readonly string[] {
  const open = destinations.filter(isOpen)
  const inbound = destinations.filter(({ direction }) => direction === 'inbound')
  return [
    ...(open.length === 0 ? [] : ['NOT COMPLETE. To be found out before this is put to work:']),
    ...open.map(
      (each) =>
        `- ${each.id}, port ${each.port}/${each.transport} (${each.componentTitle}: ${each.title}): ${each.ask}`,
    ),
    ...inbound.map(
      (each) =>
        `- ${each.id} is inbound (${each.title}): others connect to ${each.host || 'it'} port ${each.port}; no rule here is for it`,
    ),
  ]
}

interface Pitfall {
  readonly applies: (known: readonly Destination[]) => boolean
  readonly says: string
}

const ends =
  (suffix: RegExp) =>
  (known: readonly Destination[]): boolean =>
    known.some(({ host }) => suffix.test(host))

/** Where lists like this go wrong, of those that concern these destinations. */
const pitfalls: readonly Pitfall[] = [
  {
    applies: (known) => known.some(({ evidence }) => evidence.some(({ addresses }) => addresses.length > 0)),
    says: 'Do not turn names into the addresses seen: services behind names change them, some by the hour. Where only addresses will do, ask the owner for published ranges (service tags) and follow their changes.',
  },
  {
    applies: ends(/\.(?:servicebus|blob\.core|azurecr|vault)\b.*\.(?:net|io)$|\.amazonaws\.com$/),
    says: 'Name your own account’s host, never a wildcard of a shared domain (*.blob.core.windows.net, *.servicebus.windows.net, *.amazonaws.com): it would let data out to anyone’s account. Private endpoints are better still.',
  },
  {
    applies: (known) => known.some(({ inspection, tls }) => tls && inspection === 'never'),
    says: 'Rows whose TLS inspection is "never" break when a device re-signs them, even where its authority is trusted: exempt them.',
  },
  {
    applies: (known) => known.some(({ protocol }) => protocol.startsWith('amqp') && protocol !== 'amqp-ws'),
    says: 'AMQP is not HTTP: rules of application layer do not know it, and many proxies tunnel to port 443 alone. Its idle connections must outlast the firewall’s idle time-out.',
  },
  {
    applies: (known) => known.some(({ tls }) => tls),
    says: 'Filters by server name (SNI) let nothing through that hides or omits it (encrypted ClientHello, clients that connect to an address).',
  },
  {
    applies: (known) => known.length > 0,
    says: 'Allow IPv6 as well where the network has it, or it is tried first and dropped. UDP 443 (QUIC) is not needed.',
  },
  {
    applies: (known) => known.some(({ kind, protocol }) => kind === 'seen' || protocol === 'oci' || protocol === 'git'),
    says: 'An answer may send a client on to another host (layers of images, files of releases): a redirect to a host that is not allowed fails although its first host answers. Run a check again after changes.',
  },
  {
    applies: (known) => known.some(({ protocol }) => protocol === 'oci'),
    says: 'Images are pulled by the nodes themselves (containerd, CRI-O), not by pods: their addresses need the registries’ rows too, and no policy for pods covers them.',
  },
]

export const pitfallWords = ({ destinations }: AllowListSubject): readonly string[] => {
  const known = destinations.filter(isKnown)
  return pitfalls.filter(({ applies }) => applies(known)).map(({ says }) => says)
}
