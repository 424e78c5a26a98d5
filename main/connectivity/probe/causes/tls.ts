import { type CauseEntry, check } from './entry.ts'

/** The handshake, and who vouches for the far end. */
export const tlsCauses = {
  'tls.intercepted': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'network team',
    meaning:
      'Something on the way ends TLS and signs anew, and the component does not accept that: it does not trust the signer, or the row says that inspection breaks it.',
    toldApart:
      'A certificate for a name made up on the spot was presented too, or the issuer is a known inspection product. An unknown issuer without these is tls.untrusted; one that the component trusts is tls.inspected.',
    hint: 'Call the network team (whoever runs TLS inspection) to exempt this host; where the row allows inspection, give the component the certificate of the authority in the evidence instead.',
  },
  'tls.inspected': {
    ...check,
    verdict: 'warn',
    stage: 'tls',
    fixedBy: 'network team',
    meaning: 'Something on the way ends TLS and signs anew; the roots that were used here trust it.',
    toldApart: 'As tls.intercepted, but the chain is trusted and the row allows inspection.',
    hint: 'Give the authority in the evidence to the component too (nodes for images, the trust bundle of pods), or call the network team to exempt this host from TLS inspection.',
  },
  'tls.private-root': {
    ...check,
    verdict: 'warn',
    stage: 'tls',
    fixedBy: 'you',
    meaning:
      'Only an authority that somebody added to the roots of this machine vouches for the far end, and no public one: either the far end has an authority of its own, or a box that re-signs connections does its work here.',
    toldApart:
      'The chain leads to the roots of the vantage and not to those that Node brings along; no certificate was made on demand and no known product signs (tls.inspected). A row whose trusted roots are given as a PEM file or setting is not asked this.',
    hint: 'Look at the issuer in the evidence. If it is the authority of the far end, give its root to the row (trust: a file or a setting) and check again; if it is your company’s, ask the network team to exempt this host from TLS inspection: a pod does not have this root unless you gave it to it.',
  },
  'tls.untrusted': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'far end',
    meaning: 'The certificate is signed by an authority that the component does not trust.',
    toldApart: 'No sign of interception was found: no certificate for a made-up name, no known product as issuer.',
    hint: 'Ask whoever runs the far end whether the issuer in the evidence is theirs. If it is, add its root to what the component trusts; if not, call the network team: something else answers there.',
  },
  'tls.expired': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'far end',
    meaning: 'The certificate, or one in its chain, is past its end.',
    toldApart: 'The clock of the far end agrees with ours, or is not known; were ours wrong, it would be clock.skew.',
    hint: 'Call whoever runs the far end to renew the certificate; the date is in the evidence.',
  },
  'tls.not-yet-valid': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'far end',
    meaning: 'The certificate, or one in its chain, is not valid yet.',
    toldApart: 'As tls.expired, at the other end.',
    hint: 'If several rows say so, set the clock of the vantage; if this one alone, call whoever runs the far end about its certificate.',
  },
  'tls.name': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'far end',
    meaning: 'The certificate is trusted and in date, and is for another name.',
    toldApart:
      'Who signed and when are both right. A far end that says by an alert that it does not know the name counts too.',
    hint: 'Check host and server name of the row. If both are right, call the DNS team: the name leads to another server; or whoever runs the far end, if the address is theirs.',
  },
  'tls.reset': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'network team',
    meaning: 'The connection is cut as soon as the TLS hello, with the name of the destination, is sent.',
    toldApart:
      'Nothing had come in answer, and a connection on which nothing is said stays open. The evidence says whether another name gets through.',
    hint: 'Call the network team: a filter on server names (SNI) cuts this connection, and this host is to be allowed there.',
  },
  'tls.stalled': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'far end',
    meaning: 'The connection is made and the TLS hello stays without an answer.',
    toldApart:
      'Not even a hello that asks for seven bytes is answered; if it were, packets of full size would be lost (mtu.black-hole).',
    hint: 'Call whoever runs the far end: does it speak TLS on this port, and is it overloaded? If it is well, call the network team for a device that takes connections and holds them.',
  },
  'tls.version': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'far end',
    meaning: 'Both ends speak TLS, and no version or cipher that both allow. Versions before 1.2 are not used.',
    toldApart: 'The far end ends the handshake with an alert before it shows a certificate.',
    hint: 'Call whoever runs the far end for TLS 1.2 or later; if they have it, the network team: a device in between ends TLS with an older one.',
  },
  'tls.client-cert': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'you',
    meaning: 'The far end wants a client certificate and got none, or does not accept the one it got.',
    toldApart: 'It says so by an alert of TLS after its own certificate was shown.',
    hint: 'Store the row’s client certificate among the credentials of the plane. If it is stored, ask whoever runs the far end which authority it must come from, and whether this one has expired.',
  },
  'tls.failed': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'far end',
    meaning: 'The TLS handshake failed in a way that none of the other causes describes.',
    toldApart: 'The code in the evidence is OpenSSL’s own.',
    hint: 'Hand the code in the evidence to whoever runs the far end; openssl s_client to the same host shows the same.',
  },
  'mtu.black-hole': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    fixedBy: 'network team',
    meaning:
      'Small packets pass and large ones are lost: the certificates of the far end never arrive, or what is sent there does not. Suspected, not proven.',
    toldApart:
      'The handshake stalls, while a hello that is answered in seven bytes is answered. In deep runs also: a request of 4,000 bytes is not answered, and a small one is.',
    hint: 'Call the network team: check the MTU of tunnels on the way (VPN, VXLAN, WireGuard), let ICMP "fragmentation needed" through, or clamp the MSS. Compare with another vantage: the CNI’s MTU shows from pods alone.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>
