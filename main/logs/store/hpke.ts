import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'

/**
 * Hybrid public key encryption (RFC 9180), base mode, one message per key: who has the public key alone can write and not
 * read, not even what it wrote itself. DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
 */
const kem = Buffer.from([0x00, 0x20])
const kdf = Buffer.from([0x00, 0x01])
const aead = Buffer.from([0x00, 0x02])
const kemSuite = Buffer.concat([Buffer.from('KEM'), kem])
const suite = Buffer.concat([Buffer.from('HPKE'), kem, kdf, aead])
const modeBase = Buffer.from([0x00])

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
/** The encapsulated key before each ciphertext, and the tag after it. */
export const overheadBytes = keyBytes + tagBytes

const none = Buffer.alloc(0)
/** DER prefixes of raw X25519 keys (RFC 8410). */
const privatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex')
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex')

const hmac = (key: Buffer, ...parts: readonly Buffer[]): Buffer =>
  createHmac('sha256', key).update(Buffer.concat(parts)).digest()

const labeledExtract = (of: Buffer, salt: Buffer, label: string, ikm: Buffer): Buffer =>
  hmac(salt, Buffer.from('HPKE-v1'), of, Buffer.from(label), ikm)

/** HKDF-Expand (RFC 5869) of at most one block: no output here is longer than a hash. */
function labeledExpand(of: Buffer, prk: Buffer, label: string, info: Buffer, length: number): Buffer {
  const prefix = Buffer.from([length >> 8, length & 0xff])
  const labeled = Buffer.concat([prefix, Buffer.from('HPKE-v1'), of, Buffer.from(label), info])
  return hmac(prk, labeled, Buffer.from([1])).subarray(0, length)
}

const privateKeyOf = (raw: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([privatePrefix, raw]), format: 'der', type: 'pkcs8' })
const publicKeyOf = (raw: Buffer): KeyObject =>
  createPublicKey({ key: Buffer.concat([publicPrefix, raw]), format: 'der', type: 'spki' })
const rawPublic = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-keyBytes)

export interface KeyPair {
  readonly privateKey: KeyObject
  /** 32 bytes. */
  readonly publicKey: Buffer
}

/** DeriveKeyPair of RFC 9180, section 7.1.3. `seed`: at least 32 random bytes. */
export function deriveKeyPair(seed: Buffer): KeyPair {
  const prk = labeledExtract(kemSuite, none, 'dkp_prk', seed)
  const privateKey = privateKeyOf(labeledExpand(kemSuite, prk, 'sk', none, keyBytes))
  return { privateKey, publicKey: rawPublic(privateKey) }
}

/** Key and nonce of a message, from the secret of Diffie and Hellman: sections 4.1 and 5.1. */
function scheduleOf(dh: Buffer, encapsulated: Buffer, recipient: Buffer, info: Buffer) {
  const eae = labeledExtract(kemSuite, none, 'eae_prk', dh)
  const shared = labeledExpand(kemSuite, eae, 'shared_secret', Buffer.concat([encapsulated, recipient]), keyBytes)
  const context = Buffer.concat([
    modeBase,
    labeledExtract(suite, none, 'psk_id_hash', none),
    labeledExtract(suite, none, 'info_hash', info),
  ])
  const secret = labeledExtract(suite, shared, 'secret', none)
  return {
    key: labeledExpand(suite, secret, 'key', context, keyBytes),
    nonce: labeledExpand(suite, secret, 'base_nonce', context, nonceBytes),
  }
}

/** The encapsulated key, then the ciphertext. `ephemeral` is for the test vectors: each message needs a new one. */
export function sealTo(
  recipient: Buffer,
  { info, aad, text }: { readonly info: Buffer; readonly aad: Buffer; readonly text: Buffer },
  ephemeral: KeyObject = generateKeyPairSync('x25519').privateKey,
): Buffer {
  const encapsulated = rawPublic(ephemeral)
  const dh = diffieHellman({ privateKey: ephemeral, publicKey: publicKeyOf(recipient) })
  const { key, nonce } = scheduleOf(dh, encapsulated, recipient, info)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad)
  return Buffer.concat([encapsulated, cipher.update(text), cipher.final(), cipher.getAuthTag()])
}

/** Undefined where key, info, additional data or bytes differ from those of the sealing. */
export function openSealed(
  { privateKey, publicKey }: KeyPair,
  { info, aad, sealed }: { readonly info: Buffer; readonly aad: Buffer; readonly sealed: Buffer },
): Buffer | undefined {
  if (sealed.length < overheadBytes) return undefined
  const encapsulated = sealed.subarray(0, keyBytes)
  try {
    const dh = diffieHellman({ privateKey, publicKey: publicKeyOf(encapsulated) })
    const { key, nonce } = scheduleOf(dh, encapsulated, publicKey, info)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
      .setAAD(aad)
      .setAuthTag(sealed.subarray(-tagBytes))
    return Buffer.concat([decipher.update(sealed.subarray(keyBytes, -tagBytes)), decipher.final()])
  } catch {
    return undefined
  }
}
