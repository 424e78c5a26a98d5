import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { deriveKeyPair, openSealed, sealTo } from './hpke.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')

/** The first base-mode vector of RFC 9180 for DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM. */
const vector = {
  recipientSeed: hex('dac33b0e9db1b59dbbea58d59a14e7b5896e9bdf98fad6891e99d1686492b9ee'),
  recipientPublic: '430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c',
  ephemeralSeed: hex('2cd7c601cefb3d42a62b04b7a9041494c06c7843818e0ce28a8f704ae7ab20f9'),
  info: Buffer.from('Ode on a Grecian Urn'),
  aad: Buffer.from('Count-0'),
  text: Buffer.from('Beauty is truth, truth beauty'),
  encapsulated: '6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256',
  sealed: 'e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a',
}

describe('hybrid public key encryption', () => {
  it('is that of RFC 9180', () => {
    const recipient = deriveKeyPair(vector.recipientSeed)
    const { info, aad, text } = vector
    const ephemeral = deriveKeyPair(vector.ephemeralSeed).privateKey

    const sealed = sealTo(recipient.publicKey, { info, aad, text }, ephemeral)

    expect(recipient.publicKey.toString('hex')).toBe(vector.recipientPublic)
    expect(sealed.toString('hex')).toBe(vector.encapsulated + vector.sealed)
    expect(openSealed(recipient, { info, aad, sealed })?.equals(text)).toBe(true)
  })

  it('opens for nobody else, nowhere else and not changed', () => {
    const recipient = deriveKeyPair(randomBytes(32))
    const { info, aad, text } = vector
    const sealed = sealTo(recipient.publicKey, { info, aad, text })
    const changed = Buffer.from(sealed)
    changed[40] = (changed[40] ?? 0) ^ 1

    expect(openSealed(recipient, { info, aad, sealed })?.equals(text)).toBe(true)
    expect(openSealed(deriveKeyPair(randomBytes(32)), { info, aad, sealed })).toBeUndefined()
    expect(openSealed(recipient, { info, aad: Buffer.from('Count-1'), sealed })).toBeUndefined()
    expect(openSealed(recipient, { info: aad, aad, sealed })).toBeUndefined()
    expect(openSealed(recipient, { info, aad, sealed: changed })).toBeUndefined()
    expect(openSealed(recipient, { info, aad, sealed: Buffer.alloc(48) })).toBeUndefined()
    expect(openSealed(recipient, { info, aad, sealed: sealed.subarray(0, 47) })).toBeUndefined()
  })

  it('uses another key for each message', () => {
    const { publicKey } = deriveKeyPair(randomBytes(32))
    const { info, aad, text } = vector
    const [first, second] = [sealTo(publicKey, { info, aad, text }), sealTo(publicKey, { info, aad, text })]
    expect(first.subarray(0, 32).equals(second.subarray(0, 32))).toBe(false)
  })
})
