import { describe, expect, it } from 'vitest'
import { signingFor } from './signing.ts'

const keys = {
  darwin: {
    CSC_LINK: 'certificate',
    CSC_KEY_PASSWORD: 'password',
    APPLE_API_KEY_TEXT: 'key',
    APPLE_API_KEY_ID: 'id',
    APPLE_API_ISSUER: 'issuer',
  },
  win32: { CSC_LINK: 'certificate', CSC_KEY_PASSWORD: 'password' },
  linux: { GPG_PRIVATE_KEY: 'key', GPG_PASSPHRASE: 'passphrase' },
}

describe.each(Object.entries(keys))('signing for %s', (platform, complete) => {
  const [first = ''] = Object.keys(complete)

  it('is skipped without keys, and reports it', () => {
    const empty = Object.fromEntries(Object.keys(complete).map((name) => [name, '']))
    const { signed, message, environment } = signingFor(platform, empty)

    expect(signed).toBe(false)
    expect(message).toContain('Signing skipped')
    expect(message).toContain(first)
    expect(environment).toMatchObject({ [first]: undefined, CSC_IDENTITY_AUTO_DISCOVERY: 'false' })
  })

  it('happens with all keys', () => {
    const { signed, message } = signingFor(platform, complete)

    expect(signed).toBe(true)
    expect(message).toContain('are signed by')
  })

  it('fails if a key is missing', () => {
    expect(() => signingFor(platform, { ...complete, [first]: '' })).toThrow(`also needs ${first}`)
  })
})

it.each(['darwin', 'win32'] as const)('a package for %s that cannot be signed fails the build', (platform) => {
  expect(signingFor(platform, keys[platform]).args).toEqual(['--config.forceCodeSigning=true'])
})
