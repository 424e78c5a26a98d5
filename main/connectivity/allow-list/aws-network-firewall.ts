import { isIP } from 'node:net'
import { addressKind } from '../probe/addresses.ts'
import { type AllowListSubject, type Destination, isKnown } from './destination.ts'
import { comment, headerLines, oneLine, pitfallLines, ruleText, unresolvedLines } from './words.ts'

/** In Suricata's range for local rules (1,000,000 to 1,999,999). */
const firstSid = 1_000_001

/** Protocols that start as HTTP if they are not encrypted. */
const http: ReadonlySet<string> = new Set([
  'wss',
  'https',
  'amqp-ws',
  'oci',
  'acme',
  'git',
  'arm',
  'vault',
  'kubernetes',
  'http',
])

/** Suricata rules for a stateful rule group: by server name for TLS, by Host for HTTP, else by address. */
export function awsFirewallList(subject: AllowListSubject): string {
  const known = subject.destinations.filter((each) => isKnown(each) && each.scope !== 'cluster')
  const groups = [...Map.groupBy(known, ({ host, port, tls }) => `${host} ${port} ${tls}`).values()]
  let sid = firstSid
  const rules = groups.flatMap((destinations) => {
    const [first] = destinations
    if (first === undefined) return []
    const groupRules = rulesFor(first).map((rule) => rule(sid++))
    return [[comment(destinations.map(ruleText)), ...groupRules].join('\n')]
  })
  const parts = [
    comment(headerLines(subject, 'Suricata rules for AWS Network Firewall')),
    comment([
      `Create a rule group: aws network-firewall create-rule-group --rule-group-name hangar --type STATEFUL --capacity ${Math.max(100, 2 * (sid - firstSid))} --rules file://THIS_FILE`,
      'Add it to a policy with strict rule order and the default action "Drop established" (aws:drop_established): the TCP handshake must complete before the server name is visible. With any other default action these rules block nothing.',
      'HOME_NET must hold the ranges of the nodes and pods: the firewall’s own VPC alone is not enough if the nodes are in another VPC.',
    ]),
    comment(unresolvedLines(subject.destinations)),
    ...rules,
    comment(pitfallLines(subject)),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/** Text for a quoted string: without characters that end the string or the rule. */
const plain = (text: string): string =>
  oneLine(text)
    .replace(/[^\w .,()/-]/g, '')
    .slice(0, 120)

type Rule = (sid: number) => string

function rulesFor(each: Destination): readonly Rule[] {
  const { host, port, tls, protocol } = each
  const metadata = (sid: number): string => `msg:"hangar ${plain(each.id)}"; sid:${sid}; rev:1;`
  if (isIP(host) === 0 && tls)
    return [
      (sid) =>
        `pass tls $HOME_NET any -> any ${port} (tls.sni; content:"${host}"; startswith; endswith; nocase; flow:to_server,established; ${metadata(sid)})`,
    ]
  // Suricata normalizes http.host: lower case, without the port.
  if (isIP(host) === 0 && http.has(protocol))
    return [
      (sid) =>
        `pass http $HOME_NET any -> any ${port} (http.host; content:"${host}"; startswith; endswith; flow:to_server,established; ${metadata(sid)})`,
    ]
  return byAddress(each, metadata)
}

/** For connections without a visible name: the vendor's address ranges, else the addresses of the last run. */
function byAddress(each: Destination, metadata: (sid: number) => string): readonly Rule[] {
  const { host, port, addressRanges, evidence } = each
  const resolved = [...new Set(evidence.flatMap(({ addresses }) => addresses))].filter(
    (address) => addressKind(address) === 'public' || addressKind(address) === 'private',
  )
  const addresses = isIP(host) !== 0 ? [host] : addressRanges.length > 0 ? addressRanges : resolved
  if (addresses.length === 0)
    return [
      () =>
        comment([
          `${host} port ${port}: neither TLS nor HTTP shows its name. Find its addresses and write a rule by hand.`,
        ]),
    ]
  const snapshot = isIP(host) === 0 && addressRanges.length === 0
  const warning = comment([`The addresses that ${host} had at the last run: this rule fails when they change.`])
  return [
    (sid) =>
      `${snapshot ? `${warning}\n` : ''}pass tcp $HOME_NET any -> [${addresses.join(',')}] ${port} (flow:to_server; ${metadata(sid)})`,
  ]
}
