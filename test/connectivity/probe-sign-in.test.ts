import { describe, expect, it } from 'vitest'
import { check, evidenceOf, verdictOf, type World } from './check.ts'
import { zoneOf } from './servers/dns.ts'
import { type Asked, json, type Page, servePage } from './servers/http.ts'
import { serveProxy } from './servers/proxy.ts'
import { authority, name, tlsOptions, untrustedAuthority } from './servers/serve.ts'

/** The credential of an endpoint is sent only to a server that was verified. */

const user = { username: 'petra', password: 'geheim42' }
const basic = `Basic ${Buffer.from('petra:geheim42').toString('base64')}`
const with_ = (credential: Readonly<Record<string, string>>, more: World = {}): World => ({
  loginOf: (id) => Promise.resolve(id === 'login' ? credential : undefined),
  ...more,
})
const row = (protocol: string, port: number, more: Readonly<Record<string, unknown>> = {}) => ({
  protocol,
  port,
  clientProfile: { credential: 'login' },
  ...more,
})
const registryHeader = { 'Docker-Distribution-Api-Version': 'registry/2.0' }

/** A server that records the credentials that it receives. */
async function serveRecording(answer: (asked: Asked) => Page, options = {}) {
  const credentials: (string | undefined)[] = []
  const server = await servePage((asked) => {
    credentials.push(asked.headers.authorization ?? asked.headers['x-vault-token'])
    return answer(asked)
  }, options)
  return { ...server, received: () => credentials.filter((credential) => credential !== undefined) }
}

const asksBasic = ({ headers }: Asked): Page =>
  headers.authorization === basic
    ? json({}, 200, registryHeader)
    : json({ errors: [] }, 401, { 'WWW-Authenticate': 'Basic realm="r"', ...registryHeader })

describe('a registry', () => {
  it('accepts user name and password, or rejects them', async () => {
    const server = await serveRecording(asksBasic)
    const right = await check(row('oci', server.port), with_(user))
    expect(verdictOf(right)).toBe('pass')
    expect(right.stages.at(-1)).toMatchObject({ stage: 'auth', verdict: 'pass' })
    expect(JSON.stringify(right)).not.toMatch(/petra|geheim42|cGV0cmE/)
    const wrong = await check(row('oci', server.port), with_({ username: 'petra', password: 'nein' }))
    expect(verdictOf(wrong)).toBe('fail auth.rejected')
    expect(wrong.stages.at(-1)).toMatchObject({ stage: 'auth', verdict: 'fail' })
    expect(verdictOf(await check(row('oci', server.port, { clientProfile: {} }), with_(user)))).toBe(
      'pass auth.required',
    )
  })

  it('receives the token of its token server', async () => {
    let realm = ''
    const server = await serveRecording(({ path, headers }) => {
      if (path.startsWith('/token'))
        return path === '/token?service=r' && headers.authorization === basic ? json({ token: 'abc' }) : json({}, 401)
      return headers.authorization === 'Bearer abc'
        ? json({}, 200, registryHeader)
        : json({ errors: [] }, 401, { 'WWW-Authenticate': `Bearer realm="${realm}",service="r"`, ...registryHeader })
    })
    realm = `https://${name}:${server.port}/token`
    expect(verdictOf(await check(row('oci', server.port), with_(user)))).toBe('pass')
    expect(server.received()).toEqual([basic, 'Bearer abc'])
    expect(verdictOf(await check(row('oci', server.port), with_({ ...user, password: 'x' })))).toBe(
      'fail auth.rejected',
    )
  })

  it('uses a token server on another host only where the endpoint names it and its certificate is valid', async () => {
    const other = 'tokens.test'
    const zone = zoneOf({ [name]: ['127.0.0.1'], [other]: ['127.0.0.1'] })
    const tokens = await serveRecording(() => json({ token: 'abc' }), tlsOptions(authority.issue({ names: [other] })))
    const fake = await serveRecording(
      () => json({ token: 'abc' }),
      tlsOptions(untrustedAuthority.issue({ names: [other] }), untrustedAuthority),
    )
    const registry = (port: number) =>
      serveRecording(({ headers }) =>
        headers.authorization === 'Bearer abc'
          ? json({}, 200, registryHeader)
          : json({ errors: [] }, 401, {
              'WWW-Authenticate': `Bearer realm="https://${other}:${port}/token",service="r"`,
              ...registryHeader,
            }),
      )
    const good = await registry(tokens.port)
    const unnamed = await check(row('oci', good.port), with_(user, { zone }))
    expect(verdictOf(unnamed)).toBe('pass auth.required')
    expect(evidenceOf(unnamed)).toContain('the endpoint does not name the token server')
    expect(tokens.received()).toEqual([])
    const companions = [{ host: other, port: tokens.port, why: 'tokens' }]
    expect(verdictOf(await check(row('oci', good.port, { companions }), with_(user, { zone })))).toBe('pass')
    expect(tokens.received()).toEqual([basic])

    const elsewhere = { companions: [{ host: other, port: good.port, why: 'tokens' }] }
    await check(row('oci', good.port, elsewhere), with_(user, { zone }))
    expect(tokens.received(), 'at another port than the endpoint names').toEqual([basic])

    const bad = await registry(fake.port)
    const named = { companions: [{ host: other, port: fake.port, why: 'tokens' }] }
    expect(verdictOf(await check(row('oci', bad.port, named), with_(user, { zone })))).toBe('fail tls.untrusted')
    expect(fake.received()).toEqual([])
  })
})

describe('other services', () => {
  it('receive a token in the header of their protocol', async () => {
    const vault = await serveRecording(({ path, headers }) =>
      path === '/v1/sys/health'
        ? json({ initialized: true, sealed: false })
        : json({}, headers['x-vault-token'] === 'hvs.abc' ? 200 : 403),
    )
    expect(verdictOf(await check(row('vault', vault.port), with_({ token: 'hvs.abc' })))).toBe('pass')
    expect(verdictOf(await check(row('vault', vault.port), with_({ token: 'hvs.x' })))).toBe('fail auth.rejected')
    const api = await serveRecording(({ path, headers }) =>
      path === '/version'
        ? json({ major: '1', minor: '36', gitVersion: 'v1.36.0' })
        : json({}, headers.authorization === 'Bearer abc' ? 403 : 401),
    )
    expect(verdictOf(await check(row('kubernetes', api.port), with_({ token: 'abc' })))).toBe('pass')
    expect(verdictOf(await check(row('kubernetes', api.port), with_({ token: 'x' })))).toBe('fail auth.rejected')
  })

  it('receive user name and password for a repository', async () => {
    const git = await serveRecording(
      ({ headers }): Page =>
        headers.authorization === basic
          ? {
              headers: { 'Content-Type': 'application/x-git-upload-pack-advertisement' },
              body: '001e# service=git-upload-pack\n0000',
            }
          : { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="g"' } },
    )
    expect(verdictOf(await check(row('git', git.port, { path: '/o/r.git' }), with_(user)))).toBe('pass')
    expect(verdictOf(await check(row('git', git.port, { path: '/o/r.git' }), with_({ ...user, password: 'x' })))).toBe(
      'fail auth.rejected',
    )
  })
})

describe('no credential is sent', () => {
  it.each([
    [
      'to a server with an untrusted certificate',
      tlsOptions(untrustedAuthority.issue({ names: [name] }), untrustedAuthority),
    ],
    ['to a server with the certificate of another name', tlsOptions(authority.issue({ names: ['other.test'] }))],
    ['to a server with an expired certificate', tlsOptions(authority.issue({ names: [name], days: -3 }))],
  ])('%s', async (_title, options) => {
    const server = await serveRecording(asksBasic, options)
    expect((await check(row('oci', server.port), with_(user))).verdict).toBe('fail')
    expect(server.received()).toEqual([])
  })

  it('to another service, or to a server with another key in the second connection', async () => {
    const page = await serveRecording(() => json({ hello: 1 }))
    expect(verdictOf(await check(row('oci', page.port), with_(user)))).toBe('fail identity.protocol')
    expect(page.received()).toEqual([])

    const [first, second] = [
      await serveRecording(asksBasic),
      await serveRecording(asksBasic, tlsOptions(authority.issue({ names: [name] }))),
    ]
    let turn = 0
    const proxy = await serveProxy({ lead: () => (turn++ === 0 ? first.port : second.port) })
    const swapped = await check(row('oci', 443), with_(user, { env: { HTTPS_PROXY: proxy.url } }))
    expect(verdictOf(swapped)).toBe('pass auth.required')
    expect([first.received(), second.received()]).toEqual([[], []])
  })
})
