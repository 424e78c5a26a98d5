import { describe, expect, it } from 'vitest'
import { check, evidenceOf, verdictOf, type World } from './check.ts'
import { zoneOf } from './servers/dns.ts'
import { html, json, type Page, servePage } from './servers/http.ts'
import { authority, name, type TestServer, tlsOptions } from './servers/serve.ts'

/** Further hosts of an endpoint: those in its definition, and those that its server refers to. */

const other = 'other.test'
const serveOther = (page: Page): Promise<TestServer> => servePage(page, tlsOptions(authority.issue({ names: [other] })))
const world: World = { zone: zoneOf({ [name]: ['127.0.0.1'], [other]: ['127.0.0.1'] }) }
const withoutOther: World = { zone: zoneOf({ [name]: ['127.0.0.1'] }) }

describe('the token server of a registry', () => {
  const registry = (realm: string): Page =>
    json({ errors: [] }, 401, {
      'WWW-Authenticate': `Bearer realm="${realm}",service="r"`,
      'Docker-Distribution-Api-Version': 'registry/2.0',
    })

  it('is checked although the endpoint does not name it, and is required', async () => {
    const tokens = await serveOther({ status: 404 })
    const server = await servePage(registry(`https://${other}:${tokens.port}/token`))
    const row = { port: server.port, protocol: 'oci' }
    const reached = await check(row, world)
    expect(verdictOf(reached)).toBe('pass auth.required')
    expect(evidenceOf(reached)).toContain(`${other} port ${tokens.port} issues the tokens`)
    expect(tokens.connections()).toBe(1)

    const unresolved = await check(row, withoutOther)
    expect(verdictOf(unresolved)).toBe('fail dns.nxdomain')
    expect(unresolved.hint).toContain(other)
    expect(unresolved.companion).toMatchObject({ host: other, port: tokens.port })
    await tokens.close()
    expect(verdictOf(await check(row, world))).toBe('fail dns.sinkhole')
  })

  it('is checked once where the endpoint names it, and asked once where it is the registry itself', async () => {
    const tokens = await serveOther({ status: 404 })
    const server = await servePage(registry(`https://${other}:${tokens.port}/token`))
    const companions = [{ host: other, port: tokens.port, why: 'tokens' }]
    expect(verdictOf(await check({ port: server.port, protocol: 'oci', companions }, world))).toBe('pass auth.required')
    expect(tokens.connections()).toBe(1)
    const own = await servePage(({ headers }) => registry(`https://${headers.host}/token`))
    expect(verdictOf(await check({ port: own.port, protocol: 'oci' }, withoutOther))).toBe('pass auth.required')
    expect(own.connections()).toBe(2)
  })
})

describe('other hosts that a server refers to', () => {
  it('are required where an ACME directory names them', async () => {
    const server = await servePage(({ method, headers: { host } }) =>
      method === 'HEAD'
        ? { headers: { 'Replay-Nonce': 'n' } }
        : json({ newNonce: `https://${host}/n`, newAccount: `https://${host}/a`, newOrder: `https://${other}:1/o` }),
    )
    const row = { port: server.port, protocol: 'acme' }
    expect(verdictOf(await check(row, world))).toBe('fail dns.sinkhole')
    expect(verdictOf(await check(row, withoutOther))).toBe('fail dns.nxdomain')
  })

  it('are reported but not required where they are a sign-in page or a redirect target', async () => {
    const azure = await servePage(
      json({}, 401, { 'WWW-Authenticate': `Bearer authorization_uri="https://${other}:1/common"` }),
    )
    const signIn = await check({ port: azure.port, protocol: 'arm' }, world)
    expect(verdictOf(signIn)).toBe('pass auth.required')
    expect(evidenceOf(signIn)).toContain(`${other} port 1 is the sign-in page: not reachable (dns.sinkhole)`)
    const moved = await servePage({ status: 302, headers: { Location: `https://${other}:1/x` } })
    const redirect = await check({ port: moved.port }, world)
    expect(verdictOf(redirect)).toBe('fail identity.redirect')
    expect(evidenceOf(redirect)).toContain('not reachable (dns.sinkhole)')
  })

  it('are limited in number, and their own references are not followed', async () => {
    const next = await serveOther({ status: 302, headers: { Location: 'https://third.test/' } })
    const server = await servePage(
      json({
        newNonce: `https://${other}:${next.port}/n`,
        newAccount: 'https://a.test/',
        newOrder: 'javascript:alert(1)',
      }),
    )
    const result = await check({ port: server.port, protocol: 'acme' }, world)
    expect(verdictOf(result)).toBe('fail dns.nxdomain')
    expect(evidenceOf(result)).not.toContain('third.test')
    expect(next.connections()).toBe(1)
  })
})

describe('a host that an endpoint names', () => {
  const verdictWith = async (page: Page): Promise<string> => {
    const blob = await serveOther(page)
    const server = await servePage(json({}))
    return verdictOf(
      await check({ port: server.port, companions: [{ host: other, port: blob.port, why: 'layers' }] }, world),
    )
  }

  it('is reachable with any response from the host itself', async () => {
    expect(await verdictWith({ status: 302, headers: { Location: 'https://github.com/' } })).toBe('pass')
    expect(await verdictWith(html('Welcome'))).toBe('pass')
    expect(await verdictWith({ status: 403, body: '<Error/>' })).toBe('pass')
  })

  it('is unreachable where a filter responds, or where it reports itself as unavailable', async () => {
    expect(await verdictWith(html('This site is blocked by policy', 403))).toBe('fail identity.block-page')
    expect(await verdictWith({ status: 302, headers: { Location: 'http://captive.hotel.test/login' } })).toBe(
      'fail identity.captive-portal',
    )
    expect(await verdictWith({ status: 502 })).toBe('fail identity.unavailable')
  })

  it('can be a setting of the plane', async () => {
    const server = await servePage(json({}))
    const blob = await serveOther({ status: 404 })
    const row = { port: server.port, companions: [{ host: '${blob.host}', port: blob.port, why: 'layers' }] }
    expect(verdictOf(await check(row, world))).toBe('unknown config.missing')
    expect(verdictOf(await check(row, { ...world, settings: { blob: { host: other } } }))).toBe('pass')
    expect(verdictOf(await check(row, { ...world, settings: { blob: { host: 'no host' } } }))).toBe(
      'unknown config.invalid',
    )
  })
})
