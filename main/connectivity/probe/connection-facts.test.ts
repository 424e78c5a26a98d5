import { describe, expect, it } from 'vitest'
import { connectionFactsOf } from './connection-facts.ts'
import type { HttpResponse } from './facts.ts'
import { sampleTarget } from './sample.ts'
import type { Target } from './target.ts'

const target: Target = {
  ...sampleTarget,
  host: 'a.example',
  serverName: 'a.example',
  companionPlaces: [{ host: 'named.example', port: 443, tls: true }],
}
const at = Date.parse('2026-03-01T10:00:00Z')
const facts = (response: Partial<HttpResponse>, more: Partial<Target> = {}) =>
  connectionFactsOf(
    {
      identity: {
        kind: 'http',
        request: 'GET /',
        response: { status: 200, reason: '', headers: {}, body: '', at, halfTripMs: 0, ...response },
        redirectedFrom: [],
      },
    },
    { ...target, ...more },
  )

describe('the clock offset of a result', () => {
  it.each([
    [{ date: new Date(at + 400_000).toUTCString() }, 400_000],
    // A cache returns the Date of the stored response and its Age.
    [{ date: new Date(at - 900_000).toUTCString(), age: '900' }, 0],
    [{ date: 'yesterday' }, null],
    [{}, null],
  ])('for a response with %j is %s ms', (headers, offset) => {
    expect(facts({ headers }).clockOffsetMs).toBe(offset)
  })
})

describe('the discovered hosts of a result', () => {
  const redirect = (location: string) => facts({ status: 302, headers: { location } }).discoveredHosts

  it.each([
    ['https', 'www-authenticate', 401, 'Bearer realm="https://auth.example/token",service="x"', 'token-server', false],
    ['oci', 'www-authenticate', 401, 'Bearer realm="https://auth.example/token",service="x"', 'token-server', true],
    ['arm', 'www-authenticate', 401, 'Bearer authorization_uri="https://auth.example/common"', 'sign-in', false],
    ['oci', 'location', 307, 'https://auth.example/blob', 'redirect', false],
  ] as const)('of %s from %s have a typed reason', (protocol, header, status, value, reason, required) => {
    const { discoveredHosts } = facts({ status, headers: { [header]: value } }, { protocol })
    expect(discoveredHosts).toEqual([{ host: 'auth.example', port: 443, tls: true, reason, required }])
  })

  it('include another port or scheme of a companion', () => {
    expect(redirect('https://named.example:8443/')).toMatchObject([{ host: 'named.example', port: 8443, tls: true }])
    expect(redirect('http://named.example/')).toMatchObject([{ host: 'named.example', port: 80, tls: false }])
  })

  it('keep the port and the scheme of the URL', () => {
    expect(redirect('http://B.Example.:8080/x')).toMatchObject([{ host: 'b.example', port: 8080, tls: false }])
    expect(redirect('http://[2001:db8::7]/')).toMatchObject([{ host: '2001:db8::7', port: 80, tls: false }])
  })

  it.each([
    'https://named.example/',
    'https://a.example/elsewhere',
    '/relative',
    'https://evil_host$/',
    'https://x:0/',
    'ftp://b.example/',
    'https://b example/',
    'javascript:alert(1)',
    `https://${'a'.repeat(300)}.example/`,
  ])('exclude %s', (location) => {
    expect(redirect(location)).toEqual([])
  })

  it('come only from the headers that define them, never from other text of the response', () => {
    const text = 'location: https://evil.example/ realm="https://evil.example/" sent to https://evil.example/'
    expect(facts({ body: text, headers: { server: text, via: text } }).discoveredHosts).toEqual([])
    expect(facts({ status: 200, headers: { location: 'https://evil.example/' } }).discoveredHosts).toEqual([])
  })

  it('are at most three', () => {
    const body = JSON.stringify({
      newNonce: 'https://b.example/',
      newAccount: 'https://c.example/',
      newOrder: 'https://d.example/',
    })
    const headers = { location: 'https://e.example/' }
    expect(facts({ status: 300, body, headers }, { protocol: 'acme' }).discoveredHosts).toHaveLength(3)
  })
})
