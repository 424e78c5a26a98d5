import { describe, expect, it } from 'vitest'
import { bearerAuthorization, loginsOf, tokenAddress, wantsBasic } from './login.ts'

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
    ['after another scheme', 'Basic realm="r", Bearer realm="https://auth.test/t",service="r"', '?service=r'],
    ['without quotes', 'Bearer realm="https://auth.test/t", service=r', '?service=r'],
    [
      'with a comma in a quoted value',
      'bearer realm="https://auth.test/t",scope="a:pull,push"',
      '?scope=a%3Apull%2Cpush',
    ],
    ['with a query of its own', 'Bearer realm="https://auth.test/t?a=b",service="r"', '?a=b&service=r'],
  ])('is read %s', (_, challenge, query) => {
    expect(tokenAddress(challenge)?.href).toBe(`https://auth.test/t${query}`)
  })

  it.each([
    'Basic realm="x"',
    'Basic realm="https://auth.test/token"',
    'Bearer realm="http://auth.test/token"',
    'Bearer realm="file:///etc/passwd"',
    'Bearer',
    '',
  ])('is none for %s', (challenge) => {
    expect(tokenAddress(challenge)).toBeUndefined()
  })
})

it.each([
  ['Basic realm="r"', true],
  ['Negotiate, basic realm="r"', true],
  ['Bearer realm="https://auth.test/token"', false],
  ['', false],
])('the challenge %s wants the login itself: %s', (challenge, expected) => {
  expect(wantsBasic(challenge)).toBe(expected)
})

it.each([
  ['{"token":"a"}', 'Bearer a'],
  ['{"access_token":"b"}', 'Bearer b'],
  ['{"token":""}', undefined],
  ['{"token":1}', undefined],
  ['<html>', undefined],
])('the answer %s of a token service gives %s', (answer, expected) => {
  expect(bearerAuthorization(answer)).toBe(expected)
})
