import { describe, expect, it } from 'vitest'
import {
  createKey,
  isEncrypted,
  keyName,
  parsePublicKey,
  parseSecretKey,
  publicKeyText,
  scryptParameters,
  signatureText,
  verifySignature,
} from './minisign.ts'

/** Made by minisign 0.11: `minisign -G -W`, and `minisign -S -t 'kit demo' -c 'signature of a kit'`. */
const minisign = {
  content: Buffer.from('kit manifest\n'),
  publicKey: `untrusted comment: minisign public key 6462B41BD45F9DC0
RWTAnV/UG7RiZPLJX1XrFbzcxQl3CyPT4N3hr5gID+4isUecF7Vy0HsC
`,
  secretKey: `untrusted comment: team
RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAwJ1f1Bu0YmQLW3Ssk22/7bi0mKIlSdMdEJ/dvdE6pO2xOEagIl7Wa/LJX1XrFbzcxQl3CyPT4N3hr5gID+4isUecF7Vy0HsCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
`,
  signature: `untrusted comment: signature of a kit
RUTAnV/UG7RiZNma281ZGCWUfF6k2dvn9VUKA0AGLCbjb117TirZdqXYd0AJgmfQJzFNIoewZqXohkl7q+8bDHsmSa/kLKpqTQM=
trusted comment: kit demo
UdSZju9A3zUQY/Er6R6oUNZLaIqQP11gTgctTK4azwE9L74xAW4w1OEg7k4k6SZlUC6dRQ3QGo5VUPZApuMGAw==
`,
}
const key = parsePublicKey(minisign.publicKey)
const lines = minisign.signature.split('\n')

describe('a signature', () => {
  it('of minisign verifies, and has its comment', () => {
    expect(verifySignature(minisign.content, minisign.signature, key)).toBe('kit demo')
  })

  it('is the one that minisign makes with the same key', async () => {
    const secret = await parseSecretKey(minisign.secretKey, undefined)

    expect(signatureText(minisign.content, secret, 'kit demo').split('\n').slice(1)).toEqual(lines.slice(1))
  })

  it.each([
    ['other content', Buffer.from('kit manifesto\n'), minisign.signature, 'KIT_SIGNATURE_INVALID'],
    ['another comment', minisign.content, minisign.signature.replace('kit demo', 'kit prod'), 'KIT_SIGNATURE_INVALID'],
    ['no prehash', minisign.content, minisign.signature.replace('RUTA', 'RWTA'), 'KIT_SIGNATURE_INVALID'],
    ['a line more', minisign.content, `${minisign.signature}more`, 'KIT_SIGNATURE_INVALID'],
    ['a line less', minisign.content, lines.slice(0, 3).join('\n'), 'KIT_SIGNATURE_INVALID'],
    ['nothing', minisign.content, '', 'KIT_SIGNATURE_INVALID'],
  ])('with %s is refused', (_what, content, text, code) => {
    expect(() => verifySignature(content, text, key)).toThrow(expect.objectContaining({ code }))
  })

  it('of another key is refused by its name, and of one with the same id by the signature', () => {
    const { key: other } = createKey()

    expect(() => verifySignature(minisign.content, minisign.signature, other)).toThrow(
      expect.objectContaining({ code: 'KIT_KEY_OTHER', message: expect.stringContaining('6462B41BD45F9DC0') }),
    )
    expect(() => verifySignature(minisign.content, minisign.signature, { ...other, id: key.id })).toThrow(
      expect.objectContaining({ code: 'KIT_SIGNATURE_INVALID' }),
    )
  })
})

describe('a key', () => {
  it('of minisign has its name, and is written as minisign writes it', () => {
    expect(keyName(key)).toBe('6462B41BD45F9DC0')
    expect(publicKeyText(key)).toBe(minisign.publicKey)
    expect(parsePublicKey(minisign.publicKey.split('\n')[1] ?? '')).toEqual(key)
  })

  it('that was made here is read again', async () => {
    const made = createKey()

    expect(await parseSecretKey(made.text, undefined)).toEqual(made.key)
    expect(isEncrypted(made.text)).toBe(false)
    expect(verifySignature(minisign.content, signatureText(minisign.content, made.key, 'a'), made.key)).toBe('a')
  })

  it.each(['', 'a\nb\n', minisign.signature, `-\n${Buffer.alloc(158).toString('base64')}`])(
    'that is none is refused: %j',
    async (text) => {
      expect(() => parsePublicKey(text)).toThrow(expect.objectContaining({ code: 'KIT_KEY_INVALID' }))
      await expect(parseSecretKey(text, undefined)).rejects.toMatchObject({ code: 'KIT_KEY_INVALID' })
    },
  )

  it('whose public part does not belong to its seed is refused as damaged', async () => {
    const { key: secret } = createKey()
    const bytes = Buffer.from(minisign.secretKey.split('\n')[1] ?? '', 'base64')
    secret.seed.copy(bytes, 62)

    await expect(parseSecretKey(`-\n${bytes.toString('base64')}\n`, undefined)).rejects.toMatchObject({
      code: 'KIT_KEY_INVALID',
      message: 'The key is damaged.',
    })
  })

  it('whose derivation takes more memory than minisign chooses is refused', async () => {
    const bytes = Buffer.from(minisign.secretKey.split('\n')[1] ?? '', 'base64')
    bytes.write('Sc', 2)
    bytes.writeBigUInt64LE(2n ** 40n, 46)

    await expect(parseSecretKey(`-\n${bytes.toString('base64')}\n`, 'a')).rejects.toMatchObject({
      message: 'Deriving the key would take more than 1 GiB of memory.',
    })
  })
})

describe('the parameters of scrypt are those of libsodium', () => {
  it.each([
    ['sensitive, the choice of minisign', 33_554_432, 1_073_741_824, { N: 1_048_576, r: 8, p: 1 }],
    ['interactive', 524_288, 16_777_216, { N: 16_384, r: 8, p: 1 }],
    ['few operations', 1_048_576, 1_073_741_824, { N: 32_768, r: 8, p: 1 }],
  ])('%s', (_what, operations, memory, expected) => {
    expect(scryptParameters(operations, memory)).toEqual(expected)
  })
})
