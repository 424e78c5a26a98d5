import { createPrivateKey, createPublicKey } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import * as tls from 'node:tls'
import { certificate } from '../../../assets/charts/demo-library/files/x509.mjs'
import { authority, chainOf, name, serve, tlsOptions, untrustedAuthority } from './serve.ts'

/** Makes a certificate for whatever name is asked, as a device that inspects TLS does. */
export const minting = (ca = untrustedAuthority): tls.TlsOptions => ({
  ...tlsOptions(ca.issue({ names: [name] }), ca),
  SNICallback: (asked, done) => {
    const issued = ca.issue({ names: [asked] })
    done(null, tls.createSecureContext({ cert: chainOf(issued, ca), key: issued.key }))
  },
})

/** TLS settings with a certificate of the authority that endpoints trust. */
export const issue = (wanted: Parameters<typeof authority.issue>[0]): tls.TlsOptions =>
  tlsOptions(authority.issue({ names: [name], ...wanted }))

const dayMs = 86_400_000

/** The authority's own key, as signed by a stranger for a time that is over: what an old root leaves behind in chains. */
export const oldCross = (): string =>
  certificate({
    commonName: authority.commonName,
    publicKey: createPublicKey(createPrivateKey(authority.key)),
    issuer: { commonName: untrustedAuthority.commonName, privateKey: createPrivateKey(untrustedAuthority.key) },
    authority: true,
    notBefore: new Date(Date.now() - 100 * dayMs),
    notAfter: new Date(Date.now() - dayMs),
  })

/** Stands before a server and hands bytes on under a rule. Returns its port. */
export async function between(port: number, rule: (from: Socket, to: Socket) => void): Promise<number> {
  const middle = await serve((socket) => {
    const inner = connect({ host: '127.0.0.1', port })
    inner.on('error', () => socket.destroy())
    socket.on('close', () => inner.destroy())
    rule(socket, inner)
  })
  return middle.port
}
