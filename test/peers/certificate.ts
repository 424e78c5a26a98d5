import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'

/** Certificates with any fault that a TLS library can have an opinion about, also those that no authority would issue. */

const length = (size: number): Buffer => {
  if (size < 128) return Buffer.from([size])
  const hex = size.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes])
}
const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag]), length(body.length), body])
}
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts)
const integer = (...bytes: readonly number[]): Buffer => der(0x02, Buffer.from(bytes))
const truth = der(0x01, Buffer.from([0xff]))
const explicit = (tag: number, body: Buffer): Buffer => der(0xa0 | tag, body)

function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = rest.flatMap((arc) => {
    const groups = [arc & 127]
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift(0x80 | (left & 127))
    return groups
  })
  return der(0x06, Buffer.from([first * 40 + second, ...bytes]))
}

const commonName = (text: string): Buffer =>
  sequence(der(0x31, sequence(objectIdentifier('2.5.4.3'), der(0x0c, Buffer.from(text)))))
const time = (date: Date): Buffer => der(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '')))

export interface Extension {
  readonly id: string
  readonly value: Buffer
  readonly isCritical?: boolean
}

export const basicConstraints = (isAuthority: boolean, pathLength?: number): Extension => ({
  id: '2.5.29.19',
  isCritical: true,
  value: sequence(...(isAuthority ? [truth] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])),
})
/** `bits`: the first byte, from digitalSignature (0x80) to decipherOnly. */
export const keyUsage = (bits: number): Extension => ({
  id: '2.5.29.15',
  isCritical: true,
  value: der(0x03, Buffer.from([0, bits])),
})
export const purposes = (...ids: readonly string[]): Extension => ({
  id: '2.5.29.37',
  value: sequence(...ids.map(objectIdentifier)),
})
export const serverPurpose = '1.3.6.1.5.5.7.3.1'
export const clientPurpose = '1.3.6.1.5.5.7.3.2'
export const anyPurpose = '2.5.29.37.0'

export const alternativeNames = (...names: readonly string[]): Extension => ({
  id: '2.5.29.17',
  value: sequence(...names.map((name) => der(0x82, Buffer.from(name)))),
})
/** Subtrees of DNS names that an authority can sign. */
export const nameConstraints = ({
  permitted = [],
  excluded = [],
}: {
  readonly permitted?: readonly string[]
  readonly excluded?: readonly string[]
}): Extension => {
  const subtrees = (tag: number, names: readonly string[]): readonly Buffer[] =>
    names.length === 0
      ? []
      : [explicit(tag, Buffer.concat(names.map((name) => sequence(der(0x82, Buffer.from(name))))))]
  return { id: '2.5.29.30', isCritical: true, value: sequence(...subtrees(0, permitted), ...subtrees(1, excluded)) }
}

/** Where the certificate of the issuer is published (authority information access). */
export const issuerPlace = (url: string): Extension => ({
  id: '1.3.6.1.5.5.7.1.1',
  value: sequence(sequence(objectIdentifier('1.3.6.1.5.5.7.48.2'), der(0x86, Buffer.from(url)))),
})

type Hash = 'sha256' | 'sha1' | 'md5'
const rsaAlgorithms: Readonly<Record<Hash, string>> = {
  sha256: '1.2.840.113549.1.1.11',
  sha1: '1.2.840.113549.1.1.5',
  md5: '1.2.840.113549.1.1.4',
}

export interface Key {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
  readonly pem: string
}
/** An RSA key: every hash and every key exchange works with it. */
export function rsaKey(modulusLength = 2_048): Key {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength })
  return { publicKey, privateKey, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

export interface Wanted {
  readonly subject: string
  readonly key: Key
  readonly issuer: { readonly name: string; readonly key: Key }
  readonly extensions: readonly Extension[]
  readonly hash?: Hash
  readonly notBefore?: Date
  readonly notAfter?: Date
  /** Big-endian two's complement; default: a random positive number. */
  readonly serial?: Buffer
}

const dayMs = 86_400_000
const positive = (): Buffer => Buffer.concat([Buffer.from([0x41]), randomBytes(15)])

/** One certificate as PEM. */
export function customCertificate({
  subject,
  key,
  issuer,
  extensions,
  hash = 'sha256',
  notBefore = new Date(Date.now() - dayMs),
  notAfter = new Date(Date.now() + 30 * dayMs),
  serial = positive(),
}: Wanted): string {
  const algorithm = sequence(objectIdentifier(rsaAlgorithms[hash]), der(0x05))
  const parts = extensions.map(({ id, value, isCritical = false }) =>
    sequence(objectIdentifier(id), ...(isCritical ? [truth] : []), der(0x04, value)),
  )
  const identifier = (of: KeyObject): Buffer =>
    createHash('sha1')
      .update(of.export({ type: 'spki', format: 'der' }))
      .digest()
  const identifiers = [
    sequence(objectIdentifier('2.5.29.14'), der(0x04, der(0x04, identifier(key.publicKey)))),
    sequence(
      objectIdentifier('2.5.29.35'),
      der(0x04, sequence(der(0x80, identifier(createPublicKey(createPrivateKey(issuer.key.pem)))))),
    ),
  ]
  const body = sequence(
    explicit(0, integer(2)),
    der(0x02, serial),
    algorithm,
    commonName(issuer.name),
    sequence(time(notBefore), time(notAfter)),
    commonName(subject),
    key.publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...parts, ...identifiers)),
  )
  const signature = der(0x03, Buffer.from([0]), sign(hash, body, issuer.key.privateKey))
  const text = sequence(body, algorithm, signature).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${text.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`
}
