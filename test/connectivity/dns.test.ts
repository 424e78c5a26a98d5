import { describe, expect, it } from 'vitest'
import { check, checkList, evidenceOf, said } from './check.ts'
import { serveNames, zoneOf } from './far-ends/dns.ts'
import { html, json, servePage } from './far-ends/http.ts'
import { name } from './far-ends/serve.ts'

describe('a row that is not ready', () => {
  it('is unknown while its host is left open, and sends nothing', async () => {
    const names = await serveNames(zoneOf({}))
    const { report } = await checkList([{ host: '' }, { host: '${vendor.host}' }, { port: '${vendor.port}' }], {
      resolver: names.address,
    })
    expect(report.results.map(said)).toEqual(Array.from({ length: 3 }, () => 'unknown config.missing'))
    expect(report.results[1]?.hint).toContain('vendor.host')
    expect(names.questions).toEqual([])
  })

  it('is unknown when its host is no host name, or its roots are no certificates', async () => {
    expect(said(await check({ host: 'http://far' }))).toBe('unknown config.invalid')
    expect(said(await check({ clientProfile: { trust: { file: '/nonexistent/ca.pem' } } }))).toBe(
      'unknown config.invalid',
    )
  })

  it('is tried when its host is merely unusual', async () => {
    const far = await servePage(json({}))
    const result = await check({ host: `under_score.${name}`, port: far.port }, {})
    expect(said(result)).toBe('fail tls.name')
  })

  it('is skipped when it is inbound, or this computer is outside of its scope', async () => {
    const { report } = await checkList([{ direction: 'inbound' }, { scope: 'cluster' }, { scope: 'vpc' }])
    expect(report.results.map(said)).toEqual(['skipped', 'skipped', 'skipped'])
    expect(report.results[2]?.hint).toContain('outside')
  })
})

describe('names', () => {
  it('that do not exist are dns.nxdomain', async () => {
    const result = await check({ host: 'nowhere.hangar.test' }, { zone: zoneOf({}) })
    expect(said(result)).toBe('fail dns.nxdomain')
    expect(result.stages.map(({ verdict }) => verdict)).toEqual([
      'pass',
      'fail',
      'skipped',
      'skipped',
      'skipped',
      'skipped',
    ])
    const afterAll = await check(
      { host: 'nowhere.hangar.test' },
      { zone: (_name, family) => (family === 4 ? { code: 3 } : 'silence') },
    )
    expect(said(afterAll)).toBe('fail dns.nxdomain')
  })

  it('without addresses are dns.no-address, with one family they pass', async () => {
    const far = await servePage(json({}))
    expect(said(await check({ port: far.port }, { zone: zoneOf({ [name]: [] }) }))).toBe('fail dns.no-address')
    expect(said(await check({ port: far.port }, { zone: () => [] }))).toBe('fail dns.no-address')
    expect(said(await check({ port: far.port }, { zone: zoneOf({ [name]: ['127.0.0.1'] }) }))).toBe('pass')
  })

  it('whose server errs are dns.servfail', async () => {
    const servfail = await check({}, { zone: () => ({ code: 2 }) })
    expect(said(servfail)).toBe('fail dns.servfail')
    expect(evidenceOf(servfail)).toContain('SERVFAIL')
    expect(said(await check({}, { zone: () => ({ code: 5 }) }))).toBe('fail dns.servfail')
  })

  it('whose server is silent are dns.timeout, within its deadline', async () => {
    const startedAt = performance.now()
    expect(said(await check({}, { zone: () => 'silence' }))).toBe('fail dns.timeout')
    expect(performance.now() - startedAt).toBeLessThan(4_000)
  })

  it('that one family is silent about still pass', async () => {
    const far = await servePage(json({}))
    const result = await check(
      { port: far.port },
      { zone: (_name, family) => (family === 4 ? ['127.0.0.1'] : 'silence') },
    )
    expect(said(result)).toBe('pass')
    expect(evidenceOf(result)).toContain('AAAA: timeout')
  })

  it('whose server is not there are dns.unreachable', async () => {
    expect(said(await check({}, { resolver: '127.0.0.1:1' }))).toBe('fail dns.unreachable')
    expect(said(await check({}, { resolver: 'no address' }))).toBe('fail dns.unreachable')
  })

  it('that lead nowhere are dns.sinkhole', async () => {
    expect(said(await check({}, { zone: zoneOf({ [name]: ['0.0.0.0', '::'] }) }))).toBe('fail dns.sinkhole')
    const loopback = await check({ port: 1 }, { zone: zoneOf({ [name]: ['127.0.0.1'] }) })
    expect(said(loopback)).toBe('fail dns.sinkhole')
    expect(evidenceOf(loopback)).toContain('this machine')
  })

  it('that lead to this machine are no sinkhole when the destination answers, nor when the row gives the address itself', async () => {
    const far = await servePage(json({}))
    expect(said(await check({ port: far.port }, { zone: zoneOf({ [name]: ['127.0.0.1'] }) }))).toBe('pass')
    expect(said(await check({ host: '127.0.0.1', port: 1 }))).toBe('fail tcp.refused')
    expect(said(await check({ host: 'localhost', port: 1 }))).toBe('fail tcp.refused')
  })

  it('outside of the ranges that their owner publishes are dns.split, while the destination answers', async () => {
    const far = await servePage(json({}))
    const page = await servePage(html('Hello'))
    expect(said(await check({ port: far.port, addressRanges: ['203.0.113.0/24'] }))).toBe('warn dns.split')
    expect(said(await check({ port: far.port, addressRanges: ['2001:db8::/32', '10.0.0.0/8'] }))).toBe('warn dns.split')
    expect(said(await check({ port: far.port, addressRanges: ['127.0.0.0/8'] }))).toBe('pass')
    expect(said(await check({ port: page.port, addressRanges: ['203.0.113.0/24'] }))).toBe('fail identity.block-page')
  })

  it('are asked of the resolver that the list names, for both families, and no more than once when all is well', async () => {
    const far = await servePage(json({}))
    const names = await serveNames(zoneOf({ [name]: ['127.0.0.1'] }))
    await check({ port: far.port }, { resolver: names.address })
    expect(names.questions).toEqual([name, name])
  })
})
