import { createHash, createPrivateKey, createPublicKey, randomBytes, scrypt, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { Problem } from '../../preload/contract/problem.ts'

/**
 * Keys and signatures as minisign writes them, so that its own program verifies a kit: Ed25519 over the BLAKE2b-512 digest of
 * the content ("ED", prehashed). https://jedisct1.github.io/minisign/#signature-format
 */
export interface PublicKey {
  /** 8 bytes, by which a signature names its key. */
  readonly id: Buffer
  /** 32 bytes. */
  readonly key: Buffer
}

export interface SecretKey extends PublicKey {
  /** 32 bytes. */
  readonly seed: Buffer
}

interface Signature {
  readonly id: Buffer
  readonly signature: Buffer
  readonly comment: string
  /** Over the signature and the comment. */
  readonly commentSignature: Buffer
}

const keyAlgorithm = 'Ed'
const prehashed = 'ED'
const lengths = { id: 8, key: 32, seed: 32, signature: 64, salt: 32 } as const
const publicKeyBytes = 42
const secretKeyBytes = 158
const signatureBytes = 74
/** Of the key derivation: what `minisign -G` chooses, and the most that is accepted. */
const memoryLimitBytes = 1_073_741_824
const operationsLimit = 33_554_432

/** DER of an Ed25519 key up to its bytes (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** 16 hexadecimal digits, as minisign shows them. */
export const keyName = ({ id }: Pick<PublicKey, 'id'>): string =>
  Buffer.from(id).reverse().toString('hex').toUpperCase()

/** A file of a public key, or its second line alone, as `minisign -P` takes it. Throws KIT_KEY_INVALID. Pure. */
export function parsePublicKey(text: string): PublicKey {
  const bytes = decoded(linesOf(text).at(-1) ?? '', publicKeyBytes)
  if (bytes?.toString('latin1', 0, 2) !== keyAlgorithm)
    throw new Problem('KIT_KEY_INVALID', 'This is not a public key of minisign.')
  return { id: bytes.subarray(2, 10), key: bytes.subarray(10) }
}

/** Pure. */
export const publicKeyText = (key: PublicKey): string =>
  `untrusted comment: minisign public key ${keyName(key)}\n${Buffer.concat([Buffer.from(keyAlgorithm), key.id, key.key]).toString('base64')}\n`

/** The text of a signature file. Pure: the same content, key and comment have the same signature. */
export function signatureText(content: Buffer, secret: SecretKey, comment: string): string {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, secret.seed]), format: 'der', type: 'pkcs8' })
  const signature = sign(null, prehash(content), key)
  const whole = sign(null, Buffer.concat([signature, Buffer.from(comment)]), key)
  const named = Buffer.concat([Buffer.from(prehashed), secret.id, signature])
  return [
    `untrusted comment: signature by key ${keyName(secret)}`,
    named.toString('base64'),
    `trusted comment: ${comment}`,
    whole.toString('base64'),
    '',
  ].join('\n')
}

/** The trusted comment, if the key signed the content. Throws KIT_SIGNATURE_INVALID, KIT_KEY_OTHER. Pure. */
export function verifySignature(content: Buffer, text: string, key: PublicKey): string {
  const { id, signature, comment, commentSignature } = parseSignature(text)
  if (!id.equals(key.id)) {
    const message = `The kit is signed with the key ${keyName({ id })}, not with ${keyName(key)}.`
    throw new Problem('KIT_KEY_OTHER', message)
  }
  const publicKey = createPublicKey({ key: Buffer.concat([spkiPrefix, key.key]), format: 'der', type: 'spki' })
  if (!verify(null, prehash(content), publicKey, signature))
    throw new Problem('KIT_SIGNATURE_INVALID', `The signature of the kit is not one of the key ${keyName(key)}.`)
  if (!verify(null, Buffer.concat([signature, Buffer.from(comment)]), publicKey, commentSignature))
    throw new Problem('KIT_SIGNATURE_INVALID', 'The comment of the signature was changed.')
  return comment
}

function parseSignature(text: string): Signature {
  const [untrusted = '', named = '', trusted = '', whole = '', ...rest] = text.split('\n')
  const bytes = decoded(named, signatureBytes)
  const commentSignature = decoded(whole, lengths.signature)
  const isSignature = untrusted.startsWith('untrusted comment: ') && trusted.startsWith('trusted comment: ')
  if (!isSignature || bytes === undefined || commentSignature === undefined || rest.join('') !== '')
    throw new Problem('KIT_SIGNATURE_INVALID', 'The signature of the kit is not one of minisign.')
  const algorithm = bytes.toString('latin1', 0, 2)
  if (algorithm !== prehashed)
    throw new Problem(
      'KIT_SIGNATURE_INVALID',
      'The signature of the kit is not prehashed, which is the only supported form.',
    )
  const comment = trusted.slice('trusted comment: '.length)
  return { id: bytes.subarray(2, 10), signature: bytes.subarray(10), comment, commentSignature }
}

/** A new key without a passphrase, and the text of its file, which `minisign -S` reads too (as from `minisign -G -W`). */
export function createKey(): { readonly key: SecretKey; readonly text: string } {
  const seed = randomBytes(lengths.seed)
  const key = { id: randomBytes(lengths.id), seed, key: publicOf(seed) }
  const none = Buffer.alloc(2 + 2 + 2 + lengths.salt + 8 + 8)
  none.write(keyAlgorithm, 0)
  none.write('B2', 4)
  // Without a passphrase, minisign leaves the checksum at zero.
  const bytes = Buffer.concat([none, key.id, seed, key.key, Buffer.alloc(32)])
  return { key, text: `untrusted comment: minisign secret key ${keyName(key)}\n${bytes.toString('base64')}\n` }
}

/** Whether the file of a secret key is encrypted with a passphrase. Throws KIT_KEY_INVALID. Pure. */
export const isEncrypted = (text: string): boolean => secretBytes(text).toString('latin1', 2, 4) === 'Sc'

/** Reads the file of a secret key. Throws KIT_KEY_INVALID, also for a wrong passphrase. */
export async function parseSecretKey(text: string, passphrase: string | undefined): Promise<SecretKey> {
  const bytes = secretBytes(text)
  const content = Buffer.from(bytes.subarray(54))
  if (isEncrypted(text)) {
    const salt = bytes.subarray(6, 38)
    const stream = await derive(
      passphrase ?? '',
      salt,
      bytes.readBigUInt64LE(38),
      bytes.readBigUInt64LE(46),
      content.length,
    )
    for (const [index, byte] of stream.entries()) content[index] = (content[index] ?? 0) ^ byte
  }
  const [id, seed, key] = [content.subarray(0, 8), content.subarray(8, 40), content.subarray(40, 72)]
  if (!publicOf(seed).equals(key))
    throw new Problem(
      'KIT_KEY_INVALID',
      isEncrypted(text) ? 'The passphrase of the key is wrong.' : 'The key is damaged.',
    )
  return { id, seed, key }
}

function secretBytes(text: string): Buffer {
  const bytes = decoded(linesOf(text)[1] ?? '', secretKeyBytes)
  const isKnown =
    bytes?.toString('latin1', 0, 2) === keyAlgorithm && ['Sc', '\0\0'].includes(bytes.toString('latin1', 2, 4))
  if (bytes === undefined || !isKnown) throw new Problem('KIT_KEY_INVALID', 'This is not a secret key of minisign.')
  return bytes
}

const derived = promisify<Buffer | string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
)

/** crypto_pwhash_scryptsalsa208sha256 of libsodium, whose two limits choose the parameters of scrypt. */
async function derive(
  passphrase: string,
  salt: Buffer,
  operations: bigint,
  memory: bigint,
  length: number,
): Promise<Buffer> {
  if (memory > BigInt(memoryLimitBytes) || operations > BigInt(operationsLimit))
    throw new Problem('KIT_KEY_INVALID', 'Deriving the key would take more than 1 GiB of memory.')
  const parameters = scryptParameters(Number(operations), Number(memory))
  return await derived(passphrase, salt, length, { ...parameters, maxmem: 2 * memoryLimitBytes })
}

/** `pickparams` of libsodium (crypto_pwhash_scryptsalsa208sha256). Pure. */
export function scryptParameters(operations: number, memory: number): { N: number; r: number; p: number } {
  const r = 8
  const isShort = Math.max(operations, 32_768) < memory / 32
  const most = isShort ? operations / (r * 4) : memory / (r * 128)
  let N = 2
  while (N <= most / 2) N *= 2
  const p = isShort ? 1 : Math.max(1, Math.floor(Math.floor(operations / 4 / N) / r))
  return { N, r, p }
}

const prehash = (content: Buffer): Buffer => createHash('blake2b512').update(content).digest()

function publicOf(seed: Buffer): Buffer {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' })
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length)
}

const linesOf = (text: string): string[] => text.trimEnd().split(/\r?\n/)

/** The bytes of a text in base64; undefined if they are not that many. */
function decoded(text: string, length: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === length && bytes.toString('base64') === text.trimEnd() ? bytes : undefined
}
