import type { Stage } from '../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../preload/contract/words.ts'

/** Who can mend it. */
type Fixer = 'you' | 'network team' | 'proxy team' | 'DNS team' | 'far end' | 'cluster team' | 'nobody'

export interface CauseEntry {
  /** Each cause has this one verdict, wherever it is found. */
  readonly verdict: Verdict
  readonly stage: Stage
  readonly meaning: string
  /** How it is told apart from its neighbours. */
  readonly toldApart: string
  readonly fixedBy: Fixer
  /** What a tired operator does next. */
  readonly hint: string
  /** `check`: every run looks for it. `deep`: found only by holding a connection or repeating. `cluster`: from vantages in a cluster. */
  readonly foundBy: 'check' | 'deep' | 'cluster'
}

const check = { foundBy: 'check' } as const

/** Every cause there is. Code, documentation and tests read this table; a code, once shipped, keeps its meaning. */
export const causes = {
  'config.missing': {
    ...check,
    verdict: 'unknown',
    stage: 'config',
    fixedBy: 'you',
    meaning:
      'The row has no host: the profile leaves it to a setting that is empty, because the vendor gives it to each customer.',
    toldApart: 'Nothing was sent. The evidence names the setting that is empty.',
    hint: 'Ask the vendor for this host and enter it in the settings of the plane.',
  },
  'config.invalid': {
    ...check,
    verdict: 'unknown',
    stage: 'config',
    fixedBy: 'you',
    meaning:
      'The row cannot be tried as it is written: its port is no port, its host is no host name, or its trusted roots or client certificate cannot be read.',
    toldApart: 'Nothing was sent. The evidence names the field.',
    hint: 'Correct the named field of the row or setting of the plane.',
  },
  'dns.nxdomain': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning: 'The DNS server says that no such name exists.',
    toldApart:
      'An answer came (not dns.timeout), and it denies the name itself, not only its addresses (dns.no-address).',
    hint: 'Check the spelling of the host. If it is right, ask for the name to be resolvable by the DNS server in the evidence (a private zone, a forwarder).',
  },
  'dns.no-address': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning: 'The name exists and has no address, neither A nor AAAA.',
    toldApart: 'The server answers without error and without an address; dns.nxdomain denies the name.',
    hint: 'Ask whoever runs the zone for an A or AAAA record, or check that the host is not a parent of the one that is meant.',
  },
  'dns.timeout': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning: 'The DNS server did not answer.',
    toldApart:
      'Neither A nor AAAA was answered within 3 s and two tries. An error or a refusal would have been an answer (dns.servfail, dns.unreachable).',
    hint: 'Check that UDP and TCP port 53 to the DNS server in the evidence are open from here, and that the server is up.',
  },
  'dns.unreachable': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning: 'Nothing takes questions at the address of the DNS server.',
    toldApart: 'The server, or a router before it, refused at once; dns.timeout is silence.',
    hint: 'Check the address of the DNS server in the evidence, and that it is running.',
  },
  'dns.servfail': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning: 'The DNS server answers with an error: it could not find out (SERVFAIL), or will not say (REFUSED).',
    toldApart: 'An error is neither a denial (dns.nxdomain) nor silence (dns.timeout).',
    hint: 'Ask whoever runs the DNS server in the evidence: a forwarder behind it is down, DNSSEC does not validate, or it does not serve this network.',
  },
  'dns.sinkhole': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning:
      'The DNS server gives an address that cannot be the destination: 0.0.0.0, this machine, the block page of a security vendor, or one that it gives for any name.',
    toldApart:
      'The address is on a list of such addresses, or was given too for a name that cannot exist, and nothing that answers there proves to be the destination. A host that is an address itself is never a sinkhole.',
    hint: 'Ask for this name to be taken off the block list of the DNS filter named by the resolver in the evidence.',
  },
  'dns.split': {
    ...check,
    verdict: 'warn',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning:
      'The name resolves here to an address outside of the ranges that its owner publishes: another view of the zone (split horizon), or a redirect.',
    toldApart:
      'Only said of rows that carry address ranges, and only while what answers still proves to be the destination.',
    hint: 'Compare with what the DNS servers of the cluster and of the internet give for this name; a firewall rule made from the published ranges will not match here.',
  },
  'dns.search-capture': {
    ...check,
    verdict: 'fail',
    stage: 'dns',
    fixedBy: 'DNS team',
    meaning: 'A search domain with a wildcard answered in place of the name: the address belongs to something else.',
    toldApart:
      'The name with a search domain behind it gave other addresses than the plain name, and what answers there is not the destination.',
    hint: 'Write the host with a dot at its end, lower ndots, or ask for the wildcard in the search domain of the evidence to go.',
  },
  'tcp.refused': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    fixedBy: 'far end',
    meaning: 'The address answers, and nothing listens on the port (or a firewall rejects in its name).',
    toldApart:
      'A reset came in answer to the first packet, at once. Silence is tcp.timeout, an ICMP refusal is tcp.unreachable.',
    hint: 'Check the port. If it is right, the service is down or a firewall on the way rejects: ask for this host and port to be opened.',
  },
  'tcp.timeout': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    fixedBy: 'network team',
    meaning: 'The connection was not answered: something on the way drops the packets.',
    toldApart: 'Silence for 4 s and three packets on every address. A refusal would be tcp.refused.',
    hint: 'Ask the network team to allow this source, destination and port; a firewall that drops in silence is the usual reason.',
  },
  'tcp.reset': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    fixedBy: 'network team',
    meaning:
      'The connection is made and cut before anything was said on it, or as soon as anything is said without TLS.',
    toldApart:
      'A second connection on which nothing is sent is cut too. If only the TLS hello is cut, it is tls.reset.',
    hint: 'Ask the network team for a device that resets connections to this destination (intrusion prevention, a load balancer without backends).',
  },
  'tcp.unreachable': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    fixedBy: 'network team',
    meaning: 'There is no way to the address: no route here, or a router or filter says so.',
    toldApart: 'The system or an ICMP message denies the route; tcp.refused comes from the destination.',
    hint: 'Check the route, the VPN and local firewall of the machine named as vantage.',
  },
  'local.sockets': {
    ...check,
    verdict: 'unknown',
    stage: 'tcp',
    fixedBy: 'you',
    meaning: 'This machine had no more sockets or files to open: nothing is known of the destination.',
    toldApart: 'The system refused to make the socket (EMFILE, ENOBUFS); nothing was sent.',
    hint: 'Raise the limit of open files (ulimit -n), or check fewer rows at once.',
  },
  'ipv6.black-hole': {
    ...check,
    verdict: 'warn',
    stage: 'tcp',
    fixedBy: 'network team',
    meaning:
      'The name has an IPv6 address that does not answer, while IPv4 does: programs that try IPv6 first lose seconds or fail.',
    toldApart:
      'IPv6 packets were sent and not answered. A machine without IPv6, or an IPv6 address that refuses, is not this.',
    hint: 'Ask for IPv6 to this destination to be allowed or rejected (not dropped), or for the AAAA record to go.',
  },
  'proxy.unreachable': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    fixedBy: 'proxy team',
    meaning: 'The proxy that the environment names could not be used: no name, no connection, or no HTTP proxy there.',
    toldApart: 'It failed before the proxy had said anything about the destination.',
    hint: 'Check HTTPS_PROXY: host, port, and whether its scheme is http or https. Then ask whoever runs the proxy.',
  },
  'proxy.unsupported': {
    ...check,
    verdict: 'unknown',
    stage: 'proxy',
    fixedBy: 'you',
    meaning: 'The proxy setting is one that Hangar does not speak (SOCKS), or no URL at all.',
    toldApart: 'Nothing was sent.',
    hint: 'Set HTTPS_PROXY to an http:// or https:// URL, or test this row from a component.',
  },
  'proxy.auth': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    fixedBy: 'proxy team',
    meaning: 'The proxy wants to know who asks, or does not accept who does.',
    toldApart: 'It answers 407 and names its schemes. Components in a cluster can mostly do Basic alone.',
    hint: 'Put user and password into the proxy URL, or ask the proxy team to let this destination pass without; NTLM and Negotiate will not work for components.',
  },
  'proxy.denied': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    fixedBy: 'proxy team',
    meaning: 'The proxy refuses this destination.',
    toldApart:
      'It answers CONNECT with 403 or its like, and port 443 of the same host is refused too (else proxy.port).',
    hint: 'Ask the proxy team to allow CONNECT to this host and port.',
  },
  'proxy.port': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    fixedBy: 'proxy team',
    meaning: 'The proxy lets this host pass on port 443 and refuses the port of the row.',
    toldApart: 'CONNECT to the same host on 443 was not refused.',
    hint: 'Ask the proxy team to add this port to those allowed for CONNECT (in Squid: SSL_ports).',
  },
  'proxy.upstream': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    fixedBy: 'proxy team',
    meaning: 'The proxy allows the destination and does not get there itself.',
    toldApart:
      'It answers CONNECT with 502, 503 or 504, or takes the request and is silent; a refusal is proxy.denied.',
    hint: 'Ask the proxy team why the proxy does not reach this host and port (its DNS, the firewall behind it).',
  },
  'proxy.ignored': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    fixedBy: 'network team',
    meaning:
      'This component does not use the proxy, its direct way is closed, and the proxy would have got there: a browser works, the component does not.',
    toldApart:
      'The direct connection failed and a CONNECT to the same place through the proxy of the environment was let through.',
    hint: 'Ask for a direct rule for this host and port: no proxy setting will help this component.',
  },
  'proxy.raw-tcp': {
    ...check,
    verdict: 'warn',
    stage: 'proxy',
    fixedBy: 'network team',
    meaning: 'The row passes, but through an HTTP proxy, which programs that speak plain AMQP seldom can use.',
    toldApart: 'The row is AMQP over TCP, its client profile honours the proxy, and the tunnel was used.',
    hint: 'If the component cannot use a proxy, set "proxy: none" in its client profile and check again.',
  },
  'tls.intercepted': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'network team',
    meaning:
      'Something on the way ends TLS and signs anew, and the component does not accept that: it does not trust the signer, or the row says that inspection breaks it.',
    toldApart:
      'A certificate for a name made up on the spot was presented too, or the issuer is a known inspection product. An unknown issuer without these is tls.untrusted; one that the component trusts is tls.inspected.',
    hint: 'Ask for this host to be exempted from TLS inspection; where the row allows it, give the component the certificate of the inspecting authority.',
  },
  'tls.inspected': {
    ...check,
    verdict: 'warn',
    stage: 'tls',
    fixedBy: 'network team',
    meaning: 'Something on the way ends TLS and signs anew; the roots that were used here trust it.',
    toldApart: 'As tls.intercepted, but the chain is trusted and the row allows inspection.',
    hint: 'Make sure that the component trusts this authority too (nodes for images, the trust bundle of pods), or have the host exempted.',
  },
  'tls.untrusted': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'far end',
    meaning: 'The certificate is signed by an authority that the component does not trust.',
    toldApart: 'No sign of interception was found: no certificate for a made-up name, no known product as issuer.',
    hint: 'If the issuer in the evidence is the right one, add its root to what the component trusts; if not, find out who answers there.',
  },
  'tls.expired': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'far end',
    meaning: 'The certificate, or one in its chain, is past its end.',
    toldApart: 'The clock of the far end agrees with ours, or is not known; were ours wrong, it would be clock.skew.',
    hint: 'Ask whoever runs the far end to renew the certificate.',
  },
  'tls.not-yet-valid': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'far end',
    meaning: 'The certificate, or one in its chain, is not valid yet.',
    toldApart: 'As tls.expired, at the other end.',
    hint: 'Ask whoever runs the far end; if many rows say so, check the clock of the vantage.',
  },
  'tls.name': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'far end',
    meaning: 'The certificate is trusted and in date, and is for another name.',
    toldApart:
      'Who signed and when are both right. A far end that says by an alert that it does not know the name counts too.',
    hint: 'Check host and server name of the row; if both are right, another server answers: check where the name leads.',
  },
  'tls.reset': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'network team',
    meaning: 'The connection is cut as soon as the TLS hello, with the name of the destination, is sent.',
    toldApart:
      'Nothing had come in answer, and a connection on which nothing is said stays open. The evidence says whether another name gets through.',
    hint: 'Ask the network team for a filter on server names (SNI), and for this host to be allowed there.',
  },
  'tls.stalled': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'far end',
    meaning: 'The connection is made and the TLS hello stays without an answer.',
    toldApart:
      'Not even a hello that asks for seven bytes is answered; if it were, packets of full size would be lost (mtu.black-hole).',
    hint: 'Ask whoever runs the far end whether it speaks TLS on this port and is not overloaded; then the network team for a device that holds connections.',
  },
  'tls.version': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'far end',
    meaning: 'Both ends speak TLS, and no version or cipher that both allow. Versions before 1.2 are not used.',
    toldApart: 'The far end ends the handshake with an alert before it shows a certificate.',
    hint: 'Ask for TLS 1.2 or later at the far end, or at the device in between that ends TLS.',
  },
  'tls.client-cert': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'you',
    meaning: 'The far end wants a client certificate and got none, or does not accept the one it got.',
    toldApart: 'It says so by an alert of TLS after its own certificate was shown.',
    hint: 'Give the row its client certificate; if it has one, check with the far end which authority it must come from and whether it has expired.',
  },
  'tls.failed': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'far end',
    meaning: 'The TLS handshake failed in a way that none of the other causes describes.',
    toldApart: 'The code in the evidence is OpenSSL’s own.',
    hint: 'Look at the code in the evidence; try the same host with openssl s_client.',
  },
  'mtu.black-hole': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'network team',
    meaning:
      'Small packets pass and large ones are lost: the certificates of the far end never arrive. Suspected, not proven.',
    toldApart: 'The handshake stalls, while a hello that is answered in seven bytes is answered.',
    hint: 'Check the MTU of tunnels on the way (VPN, VXLAN, WireGuard), that ICMP "fragmentation needed" is let through, or clamp the MSS.',
  },
  'identity.protocol': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'you',
    meaning: 'Something else than the expected speaker answers.',
    toldApart:
      'What came is none of: the expected answer, a block page, a portal, a redirect. The evidence says what it looks like.',
    hint: 'Check host, port, path and protocol of the row; if they are right, ask the far end what is behind this address.',
  },
  'identity.silent': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'far end',
    meaning: 'The connection stands, and the far end says nothing, or hangs up, when it is asked who it is.',
    toldApart: 'Nothing came at all; wrong bytes are identity.protocol, a reset is tcp.reset.',
    hint: 'Check that the row’s protocol is the one spoken on this port; then ask whoever runs the far end.',
  },
  'identity.dialect': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'you',
    meaning: 'An AMQP speaker is there, of another dialect.',
    toldApart: 'It answers with the header of its own dialect, which the evidence names.',
    hint: 'Set the protocol of the row to the dialect in the evidence, or the host to the broker that is meant.',
  },
  'identity.block-page': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'proxy team',
    meaning: 'A web page for people answers in place of the service: a filter’s block page, or some other site.',
    toldApart:
      'HTML, or the words or headers of a filter, where the service would say something else. A page that asks to sign in to the network is identity.captive-portal.',
    hint: 'Ask the web filter’s team to allow this host. If the row is meant to be a web page, give it an "expect" with a text that is on it.',
  },
  'identity.captive-portal': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'you',
    meaning: 'The network wants someone to sign in first (hotel, guest Wi-Fi, network access control).',
    toldApart: 'Status 511, a WISPr answer, or a redirect or page that speaks of signing in to the network.',
    hint: 'Open a browser, sign in to the network, and check again; a cluster must not stand behind such a portal.',
  },
  'identity.websocket': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'proxy team',
    meaning:
      'HTTP works and the upgrade to WebSocket does not: it was ignored, stripped, or accepted with a wrong key.',
    toldApart:
      'The answer is HTTP, is no page of a filter, and is neither 101 with the right key nor the refusal of a WebSocket server.',
    hint: 'Check the path. If it is right, a proxy or load balancer on the way does not pass "Upgrade": ask for WebSocket to be allowed.',
  },
  'identity.http2': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'network team',
    meaning: 'The far end, or something before it, does not speak HTTP/2, which this row needs.',
    toldApart: 'TLS works, and h2 was not agreed (ALPN), or HTTP/2 broke down after it was.',
    hint: 'A device that ends TLS and speaks HTTP/1.1 alone is the usual reason: ask for it to pass h2 or to leave this host alone.',
  },
  'identity.redirect': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'you',
    meaning: 'The answer sends to another host.',
    toldApart: 'A redirect to the same host is followed; one to a host that the row names as companion is expected.',
    hint: 'If the target in the evidence is right, add it to the row as a companion (it must be allowed too); if not, a filter or sign-in stands in between.',
  },
  'identity.unavailable': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'far end',
    meaning:
      'The far end, or the balancer before it, says that the service does not work now (500, 502, 503, 504, a sealed vault).',
    toldApart: 'The answer is no block page and carries such a status.',
    hint: 'Ask whoever runs the far end; nothing on the way has to be changed.',
  },
  'identity.throttled': {
    ...check,
    verdict: 'warn',
    stage: 'identity',
    fixedBy: 'nobody',
    meaning: 'The far end answers that too many requests come from here.',
    toldApart: 'Status 429, and no block page.',
    hint: 'Check again later; if it stays, many machines share one address: use credentials or a mirror.',
  },
  'identity.unproven': {
    ...check,
    verdict: 'warn',
    stage: 'identity',
    fixedBy: 'you',
    meaning: 'An answer came, and nothing in it or around it proves who gave it.',
    toldApart: 'No TLS vouches for the name, and the row does not say what to expect.',
    hint: 'Give the row an "expect" with a header or text that only the right service sends.',
  },
  'auth.required': {
    ...check,
    verdict: 'pass',
    stage: 'identity',
    fixedBy: 'nobody',
    meaning: 'The expected speaker is there and asks for credentials, in its own manner. They were not tested.',
    toldApart: 'The challenge is of the expected kind: a bare 401 of something else is identity.protocol.',
    hint: 'The way is open. Credentials are tested by the component itself.',
  },
  'auth.rejected': {
    ...check,
    verdict: 'fail',
    stage: 'auth',
    fixedBy: 'you',
    meaning: 'The expected speaker is there and does not accept the credentials that were given.',
    toldApart: 'A client certificate was presented over TLS and the answer is still 401 or 403.',
    hint: 'Check that the credential is the one registered at the far end, and is not expired or revoked.',
  },
  'clock.skew': {
    ...check,
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'you',
    meaning:
      'The clocks here and at the far end differ by more than tokens allow (5 minutes), or so much that a good certificate seems out of date.',
    toldApart:
      'The Date of the answer, less the time it took, differs from ours; by that clock the certificate is in date.',
    hint: 'Set the clock of the vantage (NTP); if only one row says so, tell whoever runs the far end.',
  },
  'clock.drift': {
    ...check,
    verdict: 'warn',
    stage: 'identity',
    fixedBy: 'you',
    meaning: 'The clocks here and at the far end differ by more than a minute.',
    toldApart: 'As clock.skew, between 1 and 5 minutes.',
    hint: 'Check the time service (NTP) of the vantage before it grows.',
  },
  flaky: {
    ...check,
    verdict: 'warn',
    stage: 'tcp',
    fixedBy: 'network team',
    meaning: 'The first connection was cut, and the second passed.',
    toldApart: 'Tried once more only after a reset or a refusal; the evidence says what the first saw.',
    hint: 'Check again a few times; if it stays, ask for a balancer with a broken backend, or a firewall that runs out of connections.',
  },
  'idle.cut': {
    verdict: 'fail',
    stage: 'identity',
    fixedBy: 'network team',
    foundBy: 'deep',
    meaning: 'A connection that nothing is said on is cut after some minutes.',
    toldApart: 'Found only by holding a connection open.',
    hint: 'Ask for a longer idle time-out, or set the component’s keep-alive below the time in the evidence.',
  },
  'rbac.denied': {
    verdict: 'unknown',
    stage: 'config',
    fixedBy: 'cluster team',
    foundBy: 'cluster',
    meaning: 'The probe may not be started in the cluster: permissions, quota or admission.',
    toldApart: 'The API server said so before anything was sent to the destination.',
    hint: 'Hand the manifest in the evidence to someone who may create it.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>

export type Cause = keyof typeof causes

/** The entry of a code that may come from elsewhere (an older report). */
export function causeEntry(code: string): CauseEntry | undefined {
  return Object.hasOwn(causes, code) ? causes[code as Cause] : undefined // hasOwn has just said so
}
