import { describe, expect, it } from 'vitest'
import { loginsOf, tokenAddress } from './registry.ts'

describe('the logins of a pull secret', () => {
  const auth = Buffer.from('ana:pass:word').toString('base64')
  it('are those of its registries', () => {
    const logins = loginsOf(
      JSON.stringify({
        auths: { 'https://registry.test/v1/': { auth }, 'docker.io': { username: 'u', password: 'p' } },
      }),
    )
    expect([...logins]).toEqual([
      ['registry.test', { username: 'ana', password: 'pass:word' }],
      ['registry-1.docker.io', { username: 'u', password: 'p' }],
    ])
  })

  it.each(['', 'no JSON', '{}', '{"auths":[]}', '{"auths":{"r":{}}}'])('are none in %s', (text) => {
    expect(loginsOf(text).size).toBe(0)
  })
})

describe('the address of a token', () => {
  it('has the service and scope of the challenge', () => {
    const challenge = 'Bearer realm="https://auth.test/token",service="registry.test",scope="repository:a/b:pull"'
    expect(tokenAddress(challenge)?.href).toBe(
      'https://auth.test/token?service=registry.test&scope=repository%3Aa%2Fb%3Apull',
    )
  })

  it.each([
    'Basic realm="x"',
    'Bearer realm="http://auth.test/token"',
    'Bearer realm="file:///etc/passwd"',
    'Bearer',
    '',
  ])('is none for %s', (challenge) => {
    expect(tokenAddress(challenge)).toBeUndefined()
  })
})
