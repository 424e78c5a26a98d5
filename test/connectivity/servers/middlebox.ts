import { createPrivateKey, createPublicKey } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import * as tls from 'node:tls'
import { certificate } from '../../../assets/charts/demo-library/files/x509.mjs'
import { authority, chainOf, name, serve, tlsOptions, untrustedAuthority } from './serve.ts'

/** Issues a certificate for any requested name, as an inspecting proxy does. */
export const minting = (ca = untrustedAuthority): tls.TlsOptions => ({
  ...tlsOptions(ca.issue({ names: [name] }), ca),
  SNICallback: (asked, done) => {
    const issued = ca.issue({ names: [asked] })
    done(null, tls.createSecureContext({ cert: chainOf(issued, ca), key: issued.key }))
  },
})

/** TLS settings with a certificate of the authority that endpoints trust. */
export const issue = (request: Parameters<typeof authority.issue>[0]): tls.TlsOptions =>
  tlsOptions(authority.issue({ names: [name], ...request }))

const dayMs = 86_400_000

/** An expired cross-signature of the authority's key by another authority, as old chains still contain it. */
export const oldCross = (): string =>
  certificate({
    commonName: authority.commonName,
    publicKey: createPublicKey(createPrivateKey(authority.key)),
    issuer: { commonName: untrustedAuthority.commonName, privateKey: createPrivateKey(untrustedAuthority.key) },
    authority: true,
    notBefore: new Date(Date.now() - 100 * dayMs),
    notAfter: new Date(Date.now() - dayMs),
  })

/** A middlebox that handles each connection to a server by a rule. Returns its port. */
export async function between(port: number, rule: (from: Socket, to: Socket) => void): Promise<number> {
  const middle = await serve((socket) => {
    const inner = connect({ host: '127.0.0.1', port })
    inner.on('error', () => socket.destroy())
    socket.on('close', () => inner.destroy())
    rule(socket, inner)
  })
  return middle.port
}
