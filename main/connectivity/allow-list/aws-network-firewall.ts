import { isIP } from 'node:net'
import { addressKind } from '../probe/addresses.ts'
import { type AllowListSubject, type Destination, isKnown } from './destination.ts'
import { comment, headerLines, oneLine, pitfallLines, ruleText, unresolvedLines } from './words.ts'

/** Our own, of those that Suricata leaves to local rules (1,000,000 to 1,999,999). */
const firstSid = 1_000_001

/** Protocols that begin as HTTP where they are not encrypted. */
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

/** Suricata rules for a stateful rule group: by server name where there is TLS, by Host where there is HTTP, else by address. */
export function awsFirewallList(subject: AllowListSubject): string {
  const known = subject.destinations.filter((each) => isKnown(each) && each.scope !== 'cluster')
  const same = [...Map.groupBy(known, ({ host, port, tls }) => `${host} ${port} ${tls}`).values()]
  let sid = firstSid
  const rules = same.flatMap((destinations) => {
    const [first] = destinations
    if (first === undefined) return []
    const made = rulesFor(first).map((rule) => rule(sid++))
    return [[comment(destinations.map(ruleText)), ...made].join('\n')]
  })
  const parts = [
    comment(headerLines(subject, 'Suricata rules for AWS Network Firewall')),
    comment([
      `To make a rule group: aws network-firewall create-rule-group --rule-group-name hangar --type STATEFUL --capacity ${Math.max(100, 2 * (sid - firstSid))} --rules file://THIS_FILE`,
      'Put it into a policy with strict rule order and the default action "Drop established" (aws:drop_established): the handshake of TCP must pass before a server name can be seen. With any other default these rules stop nothing.',
      'HOME_NET must hold the ranges of the nodes and pods: the firewall’s own VPC alone is not enough where it stands in another.',
    ]),
    comment(unresolvedLines(subject.destinations)),
    ...rules,
    comment(pitfallLines(subject)),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/** What stands between quotation marks: nothing that ends them, or a rule. */
const plain = (text: string): string =>
  oneLine(text)
    .replace(/[^\w .,()/-]/g, '')
    .slice(0, 120)

type Rule = (sid: number) => string

function rulesFor(each: Destination): readonly Rule[] {
  const { host, port, tls, protocol } = each
  const about = (sid: number): string => `msg:"hangar ${plain(each.id)}"; sid:${sid}; rev:1;`
  if (isIP(host) === 0 && tls)
    return [
      (sid) =>
        `pass tls $HOME_NET any -> any ${port} (tls.sni; content:"${host}"; startswith; endswith; nocase; flow:to_server,established; ${about(sid)})`,
    ]
  // The Host of a request comes in lower case, without its port.
  if (isIP(host) === 0 && http.has(protocol))
    return [
      (sid) =>
        `pass http $HOME_NET any -> any ${port} (http.host; content:"${host}"; startswith; endswith; flow:to_server,established; ${about(sid)})`,
    ]
  return byAddress(each, about)
}

/** No name can be seen on the wire: addresses are all there is, of the vendor's ranges or of the last run. */
function byAddress(each: Destination, about: (sid: number) => string): readonly Rule[] {
  const { host, port, addressRanges, evidence } = each
  const seen = [...new Set(evidence.flatMap(({ addresses }) => addresses))].filter(
    (address) => addressKind(address) === 'public' || addressKind(address) === 'private',
  )
  const addresses = isIP(host) !== 0 ? [host] : addressRanges.length > 0 ? addressRanges : seen
  if (addresses.length === 0)
    return [
      () =>
        comment([
          `${host} port ${port}: neither TLS nor HTTP shows its name. Give its addresses, and write a rule by hand.`,
        ]),
    ]
  const snapshot = isIP(host) === 0 && addressRanges.length === 0
  const warning = comment([`The addresses that ${host} had at the last run: this rule fails when they change.`])
  return [
    (sid) =>
      `${snapshot ? `${warning}\n` : ''}pass tcp $HOME_NET any -> [${addresses.join(',')}] ${port} (flow:to_server; ${about(sid)})`,
  ]
}
