import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { z } from 'zod'

/** Parameters of scrypt (RFC 7914), stored with what it protects so that they can grow. */
export const Derivation = z.strictObject({
  salt: z.base64(),
  /** Cost: 2^17 with r = 8 takes 128 MiB, as OWASP's password storage sheet advises. */
  n: z.int().min(2 ** 17),
  r: z.int().min(8),
  p: z.int().min(1),
})
export type Derivation = z.infer<typeof Derivation>

export const newDerivation = (): Derivation => ({ salt: randomBytes(16).toString('base64'), n: 2 ** 17, r: 8, p: 1 })

const nonceBytes = 12
const tagBytes = 16

export function deriveKey(passphrase: string, { salt, n, r, p }: Derivation): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N: n, r, p, maxmem: 256 * n * r }
    // Normalized: another system may enter the same passphrase in another form of Unicode.
    scrypt(passphrase.normalize('NFKC'), Buffer.from(salt, 'base64'), 32, options, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

/** AES-256-GCM, bound to the name it is stored under: a value moved to another name does not open. Base64. */
export function seal(value: Buffer, key: Buffer, name: string): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name))
  return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

/** Undefined where key, name or bytes differ from those that were sealed. */
export function unseal(sealed: string, key: Buffer, name: string): Buffer | undefined {
  const bytes = Buffer.from(sealed, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
      .setAAD(Buffer.from(name))
      .setAuthTag(bytes.subarray(-tagBytes))
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()])
  } catch {
    return undefined
  }
}
