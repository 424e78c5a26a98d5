import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { certificate, newKey } from '../../assets/charts/demo-library/files/x509.mjs'

export type Issued = { readonly certificate: string; readonly key: string }

export type Wanted = {
  readonly names?: readonly string[]
  readonly addresses?: readonly string[]
  /** Days until it expires, from now; a negative number: it expired that long ago. Default 30. */
  readonly days?: number
  /** The start of its validity. Default: five minutes ago. */
  readonly notBefore?: Date
  /** The length of an RSA key; default: a key on P-256. */
  readonly rsaBits?: number
  /** For a client; the default is for a server. */
  readonly client?: boolean
  /** Default: the first name or address. */
  readonly commonName?: string
}

export type Authority = {
  readonly commonName: string
  /** Its own certificate, PEM. */
  readonly certificate: string
  readonly key: string
  /** A certificate with a key of its own, both PEM. */
  issue(wanted: Wanted): Issued
}

const dayMs = 86_400_000
const leewayMs = 300_000

function newRsaKey(modulusLength: number): Pick<ReturnType<typeof newKey>, 'publicKey' | 'pem'> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength })
  return { publicKey, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

/** A private certificate authority in memory. */
export const createAuthority = (commonName = 'Authority of the servers'): Authority => {
  const own = newKey()
  const issuer = { commonName, privateKey: createPrivateKey(own.pem) }
  const begin = new Date(Date.now() - leewayMs)
  return {
    commonName,
    certificate: certificate({
      commonName,
      publicKey: own.publicKey,
      issuer,
      authority: true,
      // Long ago, so that an expired certificate is not older than its authority.
      notBefore: new Date(Date.now() - 3_650 * dayMs),
      notAfter: new Date(Date.now() + 3_650 * dayMs),
    }),
    key: own.pem,
    issue: ({ names = [], addresses = [], days = 30, notBefore, rsaBits, client = false, commonName: subject }) => {
      const key = rsaBits === undefined ? newKey() : newRsaKey(rsaBits)
      const notAfter = new Date(Date.now() + days * dayMs)
      return {
        key: key.pem,
        certificate: certificate({
          commonName: subject ?? names[0] ?? addresses[0] ?? 'nobody',
          publicKey: key.publicKey,
          issuer,
          purposes: [client ? 'client' : 'server'],
          names,
          addresses,
          notBefore: notBefore ?? (days < 0 ? new Date(notAfter.getTime() - 30 * dayMs) : begin),
          notAfter,
        }),
      }
    },
  }
}
