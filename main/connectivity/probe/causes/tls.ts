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
  'tls.default-certificate': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning:
      'An ingress controller answers with its default certificate: it has none for this host, or cannot read the one that is configured.',
    distinguishedBy:
      'The certificate is the one that the product in the evidence makes for itself, or the temporary one of cert-manager. An unknown authority is tls.untrusted.',
    hint: 'Ask the service owner to check the TLS section of the Ingress or Gateway for this host: the name of the Secret, its namespace, its keys, and the Certificate of cert-manager. Do not add this certificate to what the component trusts.',
  },
  'tls.incomplete-chain': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning:
      'The server sends its own certificate without that of the authority that signed it. Browsers often find the missing certificate themselves; programs do not.',
    distinguishedBy:
      'One certificate was presented, or one with an issuer of the right name and another key, and its issuer is neither sent nor trusted. A longer chain, or one that ends with a root, is tls.untrusted; so is a certificate without the URL of its issuer where public roots are trusted, which public authorities add.',
    hint: 'Ask the service owner to send the whole chain: the server’s certificate followed by the intermediate of its issuer, which the evidence names. Only if that issuer is itself the root of a private authority, give its certificate to the component.',
  },
  'tls.untrusted': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning: 'The certificate is signed by an authority that the component does not trust.',
    distinguishedBy:
      'The root is unknown: the chain that was sent leads to none of the trusted certificates. There is no sign of interception: no certificate for a made-up name, and no known product as issuer.',
    hint: 'Ask the service owner whether the issuer in the evidence is theirs. If it is, add its root to what the component trusts. If not, ask the network team: another server answers at this address.',
  },
  'tls.partial-trust': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'you',
    meaning:
      'The component is given the certificate of an intermediate authority as its trust, and its TLS library (OpenSSL, Node.js) wants the root.',
    distinguishedBy:
      'Signatures lead to the trusted certificate, which is not self-signed. Go and Java accept any certificate as an anchor; there it is tls.other-runtimes.',
    hint: 'Add the root of the authority in the evidence to what the component trusts. A program of OpenSSL can also be set to accept partial chains (X509_V_FLAG_PARTIAL_CHAIN; allowPartialTrustChain in Node.js).',
  },
  'tls.malformed': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning:
      'A certificate of the chain breaks a rule of its format, and the TLS library of the component refuses to read it.',
    distinguishedBy:
      'Signatures lead to a trusted root. The evidence names the rule: a negative serial number (Go), an extension that is there twice, a critical extension that no library knows.',
    hint: 'Ask the service owner to issue the certificate in the evidence anew, with an authority that follows RFC 5280.',
  },
  'tls.usage': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning:
      'The authority is trusted, and a certificate of the chain is not made for its use: it is not for servers, or not for signing.',
    distinguishedBy:
      'Signatures lead to a trusted root. Key usage, extended key usage, basic constraints or path length of the certificate in the evidence do not allow its use.',
    hint: 'Ask the service owner to issue the certificate in the evidence anew: that of a server with the extended key usage "serverAuth", that of an authority with "CA:TRUE" and "keyCertSign". What the component trusts needs no change.',
  },
  'tls.name-constraint': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning: 'The authority is trusted, and may not sign certificates for a name of this one (name constraints).',
    distinguishedBy: 'Signatures lead to a trusted root, and the certificate may well have the right name.',
    hint: 'Ask the service owner for a certificate of an authority whose name constraints include the name in the evidence, and no other names.',
  },
  'tls.weak-signature': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning: 'A certificate of the chain is signed with SHA-1 or MD5, which the TLS library of the component rejects.',
    distinguishedBy:
      'Signatures lead to a trusted root. A root’s own signature does not count. Java accepts SHA-1 of private authorities.',
    hint: 'Ask the service owner to have the certificate in the evidence signed with SHA-256. If its issuer is not theirs, ask the network team: a device that terminates TLS presents it.',
  },
  'tls.expired': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning: 'The certificate of the server has expired.',
    distinguishedBy:
      'The clock of the server agrees with this clock, or is unknown. A wrong clock here is clock.skew. Of another certificate in the chain it is tls.chain-expired or tls.root-expired.',
    hint: 'Ask the service owner to renew the certificate. The date is in the evidence.',
  },
  'tls.chain-expired': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning: 'An intermediate certificate that the server sends has expired. Its own certificate is in date.',
    distinguishedBy:
      'No other chain of signatures to a trusted root is in date. An expired certificate that no chain needs does not count.',
    hint: 'Ask the service owner to replace the intermediate certificate in the evidence with a current one of the same authority. To renew the server’s own certificate is not enough.',
  },
  'tls.root-expired': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'you',
    meaning: 'The trusted certificate that the chain leads to has expired. What the server sends is in date.',
    distinguishedBy: 'Go and OpenSSL check the dates of trusted certificates. Java does not.',
    hint: 'Replace the certificate in the evidence with the current one of that authority, in what the component trusts.',
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
      'The certificate, or one in its chain, has an RSA key that is too short for the TLS library of the component: less than 2048 bits for OpenSSL and Node.js (security level 2), less than 1024 bits for Go and Java.',
    distinguishedBy:
      'Signatures lead to a root that the component trusts; without one it is tls.untrusted. Name and dates of the certificate are right. Where only other libraries reject it, it is tls.other-runtimes.',
    hint: 'Ask the service owner for a certificate with an RSA key of 2048 bits or more, or an ECDSA key. If the issuer in the evidence is not theirs, ask the network team: a device that terminates TLS presents it.',
  },
  'tls.reset': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the network team',
    meaning: 'The connection is reset or closed as soon as the TLS ClientHello is sent, whatever its name and length.',
    distinguishedBy:
      'Nothing was received, and a connection on which nothing is sent stays open. If a ClientHello for another name is answered, it is tls.sni-filter; if a shorter one is, tls.hello-size.',
    hint: 'Ask the network team whether a firewall blocks TLS to this address. If none does, ask the service owner whether this port uses TLS.',
  },
  'tls.sni-filter': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the network team',
    meaning: 'The connection is reset or closed because of the server name (SNI) in the TLS ClientHello.',
    distinguishedBy: 'A ClientHello for another name, to the same address, is answered.',
    hint: 'Ask the network team to allow this host: a filter on server names (SNI) resets this connection.',
  },
  'tls.hello-size': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the network team',
    meaning:
      'A TLS ClientHello that is longer than one packet is not answered. Post-quantum key exchange makes that of Go (since 1.24), of browsers and of OpenSSL 3.5 so long.',
    distinguishedBy:
      'A short ClientHello for the same name is answered, and a long one is not, which differs in nothing else. Where a long one in small packets is answered, it is mtu.black-hole.',
    hint: 'Ask the network team to update the firewall or load balancer on this path, which drops a ClientHello in more than one packet. Until then, a component in Go can do without post-quantum key exchange: GODEBUG=tlsmlkem=0.',
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
    distinguishedBy:
      'The server ends the handshake with an alert before it presents a certificate, and none of the known TLS libraries comes further.',
    hint: 'Ask the service owner for TLS 1.2 or later. If the service has it, ask the network team for a device that terminates TLS with an older version.',
  },
  'tls.runtime': {
    ...check,
    verdict: 'fail',
    stage: 'tls',
    owner: 'the service owner',
    meaning:
      'Server and TLS library of the component have no key exchange or cipher suite in common, although other libraries do. Go has no DHE and no static RSA key exchange; OpenSSL 3 wants secure renegotiation.',
    distinguishedBy:
      'The handshake of another library (endpoint field runtime) with the same server succeeds. The evidence has what the server chooses.',
    hint: 'Ask the service owner for TLS 1.3, or for TLS 1.2 with an ECDHE cipher suite such as ECDHE-RSA-AES128-GCM-SHA256. If the component is not written in the language of the evidence, set "runtime" in the endpoint’s client profile.',
  },
  'tls.other-runtimes': {
    ...check,
    verdict: 'warn',
    stage: 'tls',
    owner: 'none',
    meaning: 'The TLS library of the component accepts the certificate, and other libraries would not.',
    distinguishedBy:
      'Everything else about the certificate passes. The rules of all libraries are applied to the same chain; the evidence has the difference.',
    hint: 'Nothing to do if the component is written in the language that the evidence names first. If it is not, set "runtime" in the endpoint’s client profile, and check again.',
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
