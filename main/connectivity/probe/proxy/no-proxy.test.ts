import { describe, expect, it } from 'vitest'
import { noProxyMiss } from './no-proxy.ts'

const host = 'far.hangar.test'

describe('an entry of NO_PROXY that means the host', () => {
  it.each([
    ['localhost far.hangar.test', 'other than a comma'],
    ['localhost;.hangar.test', 'other than a comma'],
    ['localhost,http://far.hangar.test/', 'is a URL'],
    ['"localhost,far.hangar.test"', 'has quotes'],
    ["'far.hangar.test'", 'has quotes'],
    ['*hangar.test', 'has "*"'],
    ['far.*.test', 'has "*"'],
    ['far.hangar.test:80', 'another port'],
    ['.far.hangar.test', 'subdomains of the name alone'],
    ['*.far.hangar.test', 'subdomains of the name alone'],
    ['far.hangar.test/api', 'something after the name'],
  ])('%j does not apply to it', (noProxy, why) => {
    expect(noProxyMiss(host, 443, noProxy)?.why).toContain(why)
  })

  it.each([
    ['far.hangar.test'],
    ['.hangar.test'],
    ['*.hangar.test'],
    ['*'],
    ['"near.hangar.test"'],
    ['ar.hangar.test'],
    ['hangar'],
    ['localhost near.hangar.test'],
    ['10.0.0.0/8'],
    ['*,'],
    [''],
    ['"'],
    ['"far.hangar.test",far.hangar.test'],
  ])('%j has none, or exempts the host', (noProxy) => {
    expect(noProxyMiss(host, 443, noProxy)).toBeUndefined()
  })
})
