// Writes X.509 certificates (RFC 5280) with Node alone: P-256 keys, SHA-256 signatures.
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

const length = (size) => {
  if (size < 128) return Buffer.from([size])
  const hex = size.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes])
}
const der = (tag, ...parts) => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag]), length(body.length), body])
}
const sequence = (...parts) => der(0x30, ...parts)
const set = (...parts) => der(0x31, ...parts)
const octets = (body) => der(0x04, body)
const bits = (body, unused = 0) => der(0x03, Buffer.from([unused]), body)
const integer = (bytes) => der(0x02, bytes[0] >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)
const small = (value) => integer(Buffer.from([value]))
const derTrue = der(0x01, Buffer.from([0xff]))
const text = (value) => der(0x0c, Buffer.from(value, 'utf8'))
const explicit = (tag, body) => der(0xa0 | tag, body)

const oid = (dotted) => {
  const [first, second, ...rest] = dotted.split('.').map(Number)
  const bytes = rest.flatMap((arc) => {
    const groups = [arc & 127]
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift(0x80 | (left & 127))
    return groups
  })
  return der(0x06, Buffer.from([first * 40 + second, ...bytes]))
}

/** UTCTime until 2049, GeneralizedTime from 2050: RFC 5280 section 4.1.2.5. */
const time = (date) => {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))
const distinguishedName = (commonName) => sequence(set(sequence(oid('2.5.4.3'), text(commonName))))
const extension = (id, value, critical = false) => sequence(oid(id), ...(critical ? [derTrue] : []), octets(value))

const addressBytes = (address) => {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail = ''] = address.split('::')
  const groups = (side) => (side === '' ? [] : side.split(':'))
  const missing = 8 - groups(head).length - groups(tail).length
  const all = [...groups(head), ...Array(address.includes('::') ? missing : 0).fill('0'), ...groups(tail)]
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

const pem = (label, bytes) => `-----BEGIN ${label}-----\n${bytes.toString('base64').match(/.{1,64}/g).join('\n')}\n-----END ${label}-----\n`

/** The part of the public key that the key identifiers digest: the bit string without its count of unused bits. */
const keyIdentifier = (publicKey) => createHash('sha1').update(publicKey.export({ type: 'spki', format: 'der' }).subarray(-65)).digest()

const usages = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' }

/** A key pair; the private key as PKCS#8 PEM. */
export const newKey = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { publicKey, privateKey, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }) }
}

/**
 * One certificate as PEM. `issuer` {commonName, privateKey} may be its own; `authority` may sign others;
 * `purposes` of 'server' and 'client' where it may not.
 */
export const certificate = ({ commonName, publicKey, issuer, authority = false, purposes = [], names = [], addresses = [], notBefore, notAfter }) => {
  const alternatives = [
    ...names.map((name) => der(0x82, Buffer.from(name, 'ascii'))),
    ...addresses.map((address) => der(0x87, addressBytes(address))),
  ]
  const extensions = [
    extension('2.5.29.19', sequence(...(authority ? [derTrue] : [])), true),
    // keyCertSign and cRLSign, or digitalSignature.
    extension('2.5.29.15', authority ? bits(Buffer.from([0x06]), 1) : bits(Buffer.from([0x80]), 7), true),
    ...(purposes.length === 0 ? [] : [extension('2.5.29.37', sequence(...purposes.map((purpose) => oid(usages[purpose]))))]),
    ...(alternatives.length === 0 ? [] : [extension('2.5.29.17', sequence(...alternatives))]),
    extension('2.5.29.14', octets(keyIdentifier(publicKey))),
    extension('2.5.29.35', sequence(der(0x80, keyIdentifier(createPublicKey(issuer.privateKey))))),
  ]
  const serial = randomBytes(16)
  serial[0] = (serial[0] & 0x7f) | 0x40
  const body = sequence(
    explicit(0, small(2)),
    integer(serial),
    ecdsaWithSha256,
    distinguishedName(issuer.commonName),
    sequence(time(notBefore), time(notAfter)),
    distinguishedName(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  )
  return pem('CERTIFICATE', sequence(body, ecdsaWithSha256, bits(sign('sha256', body, issuer.privateKey))))
}
