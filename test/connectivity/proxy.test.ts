import { describe, expect, it } from 'vitest'
import { check, evidenceOf, said } from './check.ts'
import { connectionStart, greeting, mechanisms, sasl } from './far-ends/amqp.ts'
import { zoneOf } from './far-ends/dns.ts'
import { answering, html, json, serveClearPage, servePage, write } from './far-ends/http.ts'
import { refusal, serveProxy } from './far-ends/proxy.ts'
import { name, serve, serveTls } from './far-ends/serve.ts'

const through = (url: string, more: Readonly<Record<string, string>> = {}): { env: Record<string, string> } => ({
  env: { HTTPS_PROXY: url, ...more },
})

describe('a row whose component honours the proxy', () => {
  it('goes through it, and the name is the proxy’s to find', async () => {
    const far = await servePage(json({}))
    const proxy = await serveProxy()
    const result = await check({ port: far.port }, { ...through(proxy.url), zone: zoneOf({}) })
    expect(said(result)).toBe('pass')
    expect(proxy.asked).toEqual([`${name}:${far.port}`])
    expect(result.stages.find(({ stage }) => stage === 'proxy')).toMatchObject({ verdict: 'pass' })
  })

  it('goes through it without TLS too', async () => {
    const far = await serveClearPage(json({ gitVersion: 'v1.36.0', major: '1', minor: '36' }))
    const proxy = await serveProxy()
    const row = { port: far.port, tls: false, protocol: 'kubernetes' }
    expect(said(await check(row, { env: { HTTP_PROXY: proxy.url } }))).toBe('pass')
    expect(proxy.asked).toHaveLength(1)
  })

  it('goes directly where NO_PROXY names it', async () => {
    const far = await servePage(json({}))
    const proxy = await serveProxy()
    const result = await check({ port: far.port }, through(proxy.url, { NO_PROXY: '10.0.0.0/8,.hangar.test' }))
    expect(said(result)).toBe('pass')
    expect(proxy.asked).toEqual([])
    expect(evidenceOf(result)).toContain('NO_PROXY names it')
  })

  it('sends user and password to the proxy alone, and shows them to nobody', async () => {
    const far = await servePage(json({}))
    const heard: string[] = []
    const proxy = await serveProxy({ refuse: (_host, _port, text) => void heard.push(text) })
    const result = await check({ port: far.port }, through(`http://petra:geheim42@127.0.0.1:${proxy.port}`))
    expect(said(result)).toBe('pass')
    expect(heard[0]).toContain(`Proxy-Authorization: Basic ${Buffer.from('petra:geheim42').toString('base64')}`)
    expect(JSON.stringify(result)).not.toMatch(/petra|geheim42|cGV0cmE/)
  })
})

describe('a proxy', () => {
  it('that cannot be used is proxy.unreachable', async () => {
    expect(said(await check({}, through('http://127.0.0.1:1')))).toBe('fail proxy.unreachable')
    expect(said(await check({}, through('http://proxy.hangar.test:3128')))).toBe('fail proxy.unreachable')
    const ssh = await serve((socket) => void socket.write('SSH-2.0-x\r\n'))
    expect(said(await check({}, through(`http://127.0.0.1:${ssh.port}`)))).toBe('fail proxy.unreachable')
    const clear = await serveProxy()
    expect(said(await check({}, through(`https://127.0.0.1:${clear.port}`)))).toBe('fail proxy.unreachable')
  })

  it('of a kind that is not spoken is unknown', async () => {
    expect(said(await check({}, through('socks5://127.0.0.1:1080')))).toBe('unknown proxy.unsupported')
    expect(said(await check({}, through('http://')))).toBe('unknown proxy.unsupported')
  })

  it('that wants to know who asks is proxy.auth, with its schemes', async () => {
    const asks = await serveProxy({
      refuse: () =>
        refusal(
          '407 Proxy Authentication Required',
          'Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Basic realm="corp, inc"\r\n',
        ),
    })
    const result = await check({}, through(asks.url))
    expect(said(result)).toBe('fail proxy.auth')
    expect(evidenceOf(result)).toContain('Negotiate, NTLM, Basic')
    const wrong = await check({}, through(`http://user:wrong@127.0.0.1:${asks.port}`))
    expect(said(wrong)).toBe('fail proxy.auth')
    expect(evidenceOf(wrong)).toContain('did not accept')
  })

  it('that refuses the destination is proxy.denied', async () => {
    const refuses = await serveProxy({
      refuse: () => refusal('403 Forbidden', 'X-Squid-Error: ERR_ACCESS_DENIED 0\r\n'),
    })
    expect(said(await check({ port: 443 }, through(refuses.url)))).toBe('fail proxy.denied')
    expect(said(await check({ port: 5_671, protocol: 'amqp1' }, through(refuses.url)))).toBe('fail proxy.denied')
  })

  it('that refuses the port alone is proxy.port', async () => {
    const only443 = await serveProxy({ refuse: (_host, port) => (port === 443 ? undefined : refusal('403 Forbidden')) })
    expect(said(await check({ port: 5_671, protocol: 'amqp1' }, through(only443.url)))).toBe('fail proxy.port')
    const far = await servePage(json({}))
    const leads = await serveProxy({
      refuse: (_host, port) => (port === 443 ? undefined : refusal('405 Method Not Allowed')),
      lead: () => far.port,
    })
    expect(said(await check({ port: 8_443 }, through(leads.url)))).toBe('fail proxy.port')
    expect(said(await check({ port: 443 }, through(leads.url)))).toBe('pass')
  })

  it('that does not get there itself is proxy.upstream', async () => {
    const proxy = await serveProxy()
    expect(said(await check({ port: 1 }, through(proxy.url)))).toBe('fail proxy.upstream')
    const silent = await serveProxy({ refuse: () => 'silence' })
    expect(said(await check({ port: 443 }, through(silent.url)))).toBe('fail proxy.upstream')
  })

  it('that answers with its block page in the tunnel is identity.block-page', async () => {
    const far = await serve(answering(() => html('This site is blocked', 403)))
    const proxy = await serveProxy({ lead: () => far.port })
    expect(said(await check({ port: 443 }, through(proxy.url)))).toBe('fail identity.block-page')
    const early = await serve((socket) => void socket.end(write(html('Blocked by Fortinet FortiGuard', 403))))
    const talks = await serveProxy({ lead: () => early.port })
    expect(said(await check({ port: 443 }, through(talks.url)))).toBe('fail identity.block-page')
  })

  it('under plain AMQP is proxy.raw-tcp', async () => {
    const older = await serveTls(greeting(() => connectionStart()))
    const other = await serveProxy()
    expect(said(await check({ port: older.port, protocol: 'amqp091' }, through(other.url)))).toBe('warn proxy.raw-tcp')
    const far = await serveTls(greeting(() => [sasl, mechanisms('PLAIN')]))
    const proxy = await serveProxy()
    expect(said(await check({ port: far.port, protocol: 'amqp1' }, through(proxy.url)))).toBe('warn proxy.raw-tcp')
    expect(
      said(await check({ port: far.port, protocol: 'amqp1', clientProfile: { proxy: 'none' } }, through(proxy.url))),
    ).toBe('pass auth.required')
  })
})

describe('a row whose component ignores the proxy', () => {
  const ignoring = { clientProfile: { proxy: 'none' } }

  it('and has no way of its own, where the proxy has one, is proxy.ignored', async () => {
    const far = await servePage(json({}))
    const proxy = await serveProxy({ lead: () => far.port })
    const direct = await check({ host: name, port: 1, ...ignoring }, through(proxy.url))
    expect(said(direct)).toBe('fail proxy.ignored')
    expect(said(await check({ port: 443, ...ignoring }, { ...through(proxy.url), zone: zoneOf({}) }))).toBe(
      'fail proxy.ignored',
    )
  })

  it('is judged by its own way where the proxy has none either, and passes without it', async () => {
    const denies = await serveProxy({ refuse: () => refusal('403 Forbidden') })
    expect(said(await check({ port: 443, ...ignoring }, { ...through(denies.url), zone: zoneOf({}) }))).toBe(
      'fail dns.nxdomain',
    )
    const far = await servePage(json({}))
    expect(said(await check({ port: far.port, ...ignoring }, through(denies.url)))).toBe('pass')
    expect(denies.connections()).toBe(1)
  })
})
