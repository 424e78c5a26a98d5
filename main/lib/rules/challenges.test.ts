import { describe, expect, it } from 'vitest'
import { startCpuTime } from '../../../test/cpu-time.ts'
import { parseChallenges } from './challenges.ts'

const shown = (header: string): unknown =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])

describe('the challenges of a response', () => {
  it.each([
    ['', []],
    ['Basic realm="GitHub"', [['basic', { realm: 'GitHub' }]]],
    ['BASIC Realm=r', [['basic', { realm: 'r' }]]],
    [
      'Bearer authorization_uri=https://login.windows.net/t, Basic realm="https://x/", TFS-Federated',
      [
        ['bearer', { authorization_uri: 'https://login.windows.net/t' }],
        ['basic', { realm: 'https://x/' }],
        ['tfs-federated', {}],
      ],
    ],
    [
      'Negotiate, NTLM, Bearer realm = "https://a/t, b" , service="r"',
      [
        ['negotiate', {}],
        ['ntlm', {}],
        ['bearer', { realm: 'https://a/t, b', service: 'r' }],
      ],
    ],
    [
      'Newauth realm="apps", title="Login to \\"apps\\"", Basic realm="simple"',
      [
        ['newauth', { realm: 'apps', title: 'Login to "apps"' }],
        ['basic', { realm: 'simple' }],
      ],
    ],
    ['realm="https://a/t"', [['', { realm: 'https://a/t' }]]],
    ['Bearer scope="a", scope="b"', [['bearer', { scope: 'a' }]]],
  ])('%j are read in any order', (header, expected) => {
    expect(shown(header)).toEqual(expected)
  })

  it('of a hostile server take no long time', () => {
    const cpuMs = startCpuTime()
    parseChallenges('Bearer realm, '.repeat(4_000))
    parseChallenges(`Bearer realm="${'\\'.repeat(60_000)}`)
    parseChallenges(`${'a'.repeat(60_000)} =`)
    expect(cpuMs()).toBeLessThan(2_000)
  })
})
