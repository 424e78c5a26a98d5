import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scrypt } from 'node:crypto'
import { z } from 'zod'
import { Problem } from '../../preload/contract/problem.ts'

export const keyBytes = 32

/** Parameters of scrypt (RFC 7914), stored with what it protects so that they can grow. `checkDerivation` limits them. */
export const Derivation = z.strictObject({ salt: z.base64(), n: z.int(), r: z.int(), p: z.int() })
export type Derivation = z.infer<typeof Derivation>

/** N = 2^17 with r = 8 takes 128 MiB, as OWASP's password storage sheet advises: a weaker file is a changed one. */
const least = { n: 2 ** 17, r: 8, p: 1, saltBytes: 16 } as const
/** Memory is 128 · N · r bytes: a file must not make Hangar take more than 1 GiB, or minutes of a processor. */
const most = { memoryBytes: 2 ** 30, r: 32, p: 4, saltBytes: 64 } as const

/** Throws FILE_INVALID where a file asks for less protection, or more memory and time, than Hangar accepts. */
export function checkDerivation({ salt, n, r, p }: Derivation, file: string): void {
  const saltBytes = Buffer.from(salt, 'base64').length
  const accepted =
    Number.isInteger(Math.log2(n)) &&
    n >= least.n &&
    r >= least.r &&
    r <= most.r &&
    128 * n * r <= most.memoryBytes &&
    p >= least.p &&
    p <= most.p &&
    saltBytes >= least.saltBytes &&
    saltBytes <= most.saltBytes
  if (accepted) return
  throw new Problem(
    'FILE_INVALID',
    'The vault’s parameters of key derivation are outside the accepted range. Restore the file from a backup.',
    `${file}: scrypt N=${n}, r=${r}, p=${p}, salt of ${saltBytes} bytes`,
  )
}

export const newDerivation = (): Derivation => ({
  salt: randomBytes(least.saltBytes).toString('base64'),
  n: least.n,
  r: least.r,
  p: least.p,
})

export function deriveKey(passphrase: string, { salt, n, r, p }: Derivation): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N: n, r, p, maxmem: 256 * n * r }
    // Normalized: another system may enter the same passphrase in another form of Unicode.
    scrypt(passphrase.normalize('NFKC'), Buffer.from(salt, 'base64'), keyBytes, options, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

/** One key from what the passphrase derives and a random secret of this computer: neither alone opens a vault. */
export const combineKeys = (derived: Buffer, secret: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, derived, 'hangar vault 2', keyBytes))

const nonceBytes = 12
const tagBytes = 16

/** AES-256-GCM, bound to a text such as its name: a value moved to another name does not open. Base64. */
export function seal(value: Buffer, key: Buffer, binding: string): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(binding))
  return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

/** Undefined where key, binding or bytes differ from those that were sealed. */
export function unseal(sealed: string, key: Buffer, binding: string): Buffer | undefined {
  const bytes = Buffer.from(sealed, 'base64')
  if (bytes.length < nonceBytes + tagBytes) return undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      .setAAD(Buffer.from(binding))
      .setAuthTag(bytes.subarray(-tagBytes))
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()])
  } catch {
    return undefined
  }
}
