import { type CauseEntry, check } from './entry.ts'

/** The TLS handshake and the server's certificate. */
export const tlsCauses = {
  'tls.intercepted': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the network team',
    meaning:
      'A device on the network path terminates TLS and re-signs the certificate, and the component does not accept it: it does not trust the issuer, or the endpoint does not work with TLS inspection.',
    distinguishedBy:
      'A certificate for a made-up name was presented too, or the issuer is a known inspection product. An unknown issuer without these is tls.untrusted; one that the component trusts is tls.inspected.',
    hint: 'Ask the network team (the owner of TLS inspection) to exempt this host. Where the endpoint allows inspection, give the component the root certificate of the issuer in the evidence instead.',
  },
  'tls.inspected': {
    ...check,
    verdict: 'warn',
    stage: 'tls',
    owner: 'the network team',
    meaning:
      'A device on the network path terminates TLS and re-signs the certificate. The roots used by this check trust it.',
    distinguishedBy: 'As tls.intercepted, but the chain is trusted and the endpoint allows inspection.',
    hint: 'Give the issuer in the evidence to the component too (nodes for images, the trust bundle of pods), or ask the network team to exempt this host from TLS inspection.',
  },
  'tls.private-root': {
    ...check,
    verdict: 'warn',
    stage: 'tls',
    owner: 'you',
    meaning:
      'The certificate chains to a root that was added to this machine, not to a public root. Either the server has a private certificate authority, or a device re-signs connections here.',
    distinguishedBy:
      'The chain leads to the roots of the vantage and not to those that Node includes. No certificate was issued on demand, and no known product is the issuer (tls.inspected). Endpoints whose trusted roots are given as PEM are not reported.',
    hint: 'Check the issuer in the evidence. If it is the authority of the service, give its root to the endpoint (trust: a file or a setting) and check again. If it is your company’s, ask the network team to exempt this host from TLS inspection: pods do not have this root unless you add it.',
  },
  'tls.untrusted': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning: 'The certificate is signed by an authority that the component does not trust.',
    distinguishedBy: 'No sign of interception: no certificate for a made-up name, and no known product as issuer.',
    hint: 'Ask the service owner whether the issuer in the evidence is theirs. If it is, add its root to what the component trusts. If not, ask the network team: another server answers at this address.',
  },
  'tls.expired': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning: 'The certificate, or one in its chain, has expired.',
    distinguishedBy: 'The clock of the server agrees with this clock, or is unknown. A wrong clock here is clock.skew.',
    hint: 'Ask the service owner to renew the certificate. The date is in the evidence.',
  },
  'tls.not-yet-valid': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning: 'The certificate, or one in its chain, is not valid yet.',
    distinguishedBy: 'As tls.expired, before the start of its validity.',
    hint: 'If several endpoints report this, set the clock of the vantage. If only this one does, ask the service owner about its certificate.',
  },
  'tls.name': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning: 'The certificate is trusted and in date, and is for another name.',
    distinguishedBy:
      'The issuer and the dates are right. A server that reports by an alert that it does not know the name counts too.',
    hint: 'Check host and server name of the endpoint. If both are right, ask the DNS team whether the name resolves to the wrong server. If the address is right, ask the service owner.',
  },
  'tls.weak-key': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning:
      'The certificate, or one in its chain, has an RSA key of less than 2048 bits. Programs that use OpenSSL with its usual settings (security level 2) reject it; others may accept it.',
    distinguishedBy:
      'Signatures lead to a root that the component trusts; without one it is tls.untrusted. Name and dates of the certificate are right.',
    hint: 'Ask the service owner for a certificate with an RSA key of 2048 bits or more, or an ECDSA key. If the issuer in the evidence is not theirs, ask the network team: a device that terminates TLS presents it.',
  },
  'tls.reset': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the network team',
    meaning: 'The connection is reset as soon as the TLS ClientHello, with the name of the destination, is sent.',
    distinguishedBy:
      'Nothing was received, and a connection on which nothing is sent stays open. The evidence shows whether another name is accepted.',
    hint: 'Ask the network team to allow this host: a filter on server names (SNI) resets this connection.',
  },
  'tls.stalled': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning: 'The connection is established, and the TLS ClientHello is not answered.',
    distinguishedBy:
      'Even a ClientHello whose answer is seven bytes is not answered. If it were, full-size packets would be lost (mtu.black-hole).',
    hint: 'Ask the service owner whether this port uses TLS and whether the service is overloaded. If it is not, ask the network team for a device that accepts connections and holds them.',
  },
  'tls.version': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning:
      'Client and server use TLS, and have no version or cipher suite in common. The check does not use versions before TLS 1.2.',
    distinguishedBy: 'The server ends the handshake with an alert before it presents a certificate.',
    hint: 'Ask the service owner for TLS 1.2 or later. If the service has it, ask the network team for a device that terminates TLS with an older version.',
  },
  'tls.client-cert': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'you',
    meaning: 'The server requires a client certificate and got none, or rejects the one it got.',
    distinguishedBy: 'The server sends a TLS alert after it presented its own certificate.',
    hint: 'Store the endpoint’s client certificate among the credentials of the plane. If it is stored, ask the service owner which authority must sign it, and whether this one has expired.',
  },
  'tls.failed': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning: 'The TLS handshake failed in a way that no other cause describes.',
    distinguishedBy: 'The code in the evidence is OpenSSL’s own.',
    hint: 'Send the code in the evidence to the service owner. openssl s_client to the same host reproduces it.',
  },
  'mtu.black-hole': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the network team',
    meaning:
      'Small packets pass and large ones are lost, so the server’s certificates never arrive, or large requests do not. Suspected, not proven.',
    distinguishedBy:
      'The handshake stalls, while a ClientHello whose answer is seven bytes is answered. In deep runs also: a request of 4,000 bytes is not answered, and a small one is.',
    hint: 'Ask the network team to check the MTU of tunnels on the path (VPN, VXLAN, WireGuard), to let ICMP "fragmentation needed" through, or to clamp the MSS. Compare with another vantage: the MTU of the CNI affects pods only.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>
