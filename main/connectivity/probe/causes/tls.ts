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
      'Small packets pass and large ones are lost: the certificates of the far end never arrive, or what is sent there does not. Suspected, not proven.',
    toldApart:
      'The handshake stalls, while a hello that is answered in seven bytes is answered. In deep runs also: a request of 4,000 bytes is not answered, and a small one is.',
    hint: 'Check the MTU of tunnels on the way (VPN, VXLAN, WireGuard), that ICMP "fragmentation needed" is let through, or clamp the MSS.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>
