import { connect, type Socket } from 'node:net'
import * as tls from 'node:tls'
import { describe, expect, it } from 'vitest'
import { createAuthority } from '../peers/authority.ts'
import { check, evidenceOf, said } from './check.ts'
import { answering, html, json, servePage } from './far-ends/http.ts'
import { authority, chainOf, listen, name, reset, serve, serveTls, stranger, tlsOptions } from './far-ends/serve.ts'

const day = 86_400_000
const issue = (wanted: Parameters<typeof authority.issue>[0]): tls.TlsOptions =>
  tlsOptions(authority.issue({ names: [name], ...wanted }))
const strange = tlsOptions(stranger.issue({ names: [name] }), stranger)

describe('certificates', () => {
  it('of an authority that the component does not trust are tls.untrusted', async () => {
    const far = await servePage(json({}), strange)
    const result = await check({ port: far.port })
    expect(said(result)).toBe('fail tls.untrusted')
    expect(evidenceOf(result)).toContain('Stranger')
    const known = await servePage(json({}))
    expect(said(await check({ port: known.port, clientProfile: { trust: 'system' } }))).toBe('fail tls.untrusted')
    expect(said(await check({ port: known.port, clientProfile: { trust: 'bundled' } }))).toBe('fail tls.untrusted')
  })

  it('of an authority that the row gives are trusted', async () => {
    const far = await servePage(json({}), strange)
    const result = await check({ port: far.port, clientProfile: { trust: { setting: 'ca' } } })
    expect(said(result)).toBe('fail tls.untrusted')
    expect(said(await check({ port: (await servePage(json({}))).port }))).toBe('pass')
  })

  it('past their end are tls.expired, also when they have only just ended', async () => {
    expect(said(await check({ port: (await servePage(json({}), issue({ days: -10 }))).port }))).toBe('fail tls.expired')
    const justNow = issue({ notBefore: new Date(Date.now() - day), days: -1 / 1_440 })
    expect(said(await check({ port: (await servePage(json({}), justNow)).port }))).toBe('fail tls.expired')
    const soon = issue({ days: 1 / 144 })
    expect(said(await check({ port: (await servePage(json({}), soon)).port }))).toBe('pass')
  })

  it('that do not hold yet are tls.not-yet-valid', async () => {
    const tomorrow = issue({ notBefore: new Date(Date.now() + day), days: 30 })
    expect(said(await check({ port: (await servePage(json({}), tomorrow)).port }))).toBe('fail tls.not-yet-valid')
    const soon = issue({ notBefore: new Date(Date.now() + 600_000), days: 30 })
    expect(said(await check({ port: (await servePage(json({}), soon)).port }))).toBe('fail tls.not-yet-valid')
    const sinceNow = issue({ notBefore: new Date(Date.now() - 1_000), days: 30 })
    expect(said(await check({ port: (await servePage(json({}), sinceNow)).port }))).toBe('pass')
  })

  it('that hold by the far end’s clock and not by ours are clock.skew', async () => {
    const at = (ms: number): { Date: string } => ({ Date: new Date(Date.now() + ms).toUTCString() })
    const early = await servePage({ headers: at(2 * day) }, issue({ notBefore: new Date(Date.now() + day), days: 30 }))
    expect(said(await check({ port: early.port }))).toBe('fail clock.skew')
    const late = await servePage({ headers: at(-20 * day) }, issue({ days: -10 }))
    expect(said(await check({ port: late.port }))).toBe('fail clock.skew')
    const sameClock = await servePage({ headers: at(0) }, issue({ days: -10 }))
    expect(said(await check({ port: sameClock.port }))).toBe('fail tls.expired')
  })

  it('for another name are tls.name', async () => {
    expect(said(await check({ port: (await servePage(json({}), issue({ names: ['other.hangar.test'] }))).port }))).toBe(
      'fail tls.name',
    )
    expect(said(await check({ port: (await servePage(json({}), issue({ names: [`*.sub.${name}`] }))).port }))).toBe(
      'fail tls.name',
    )
    const wildcard = issue({ names: ['*.hangar.test'] })
    expect(said(await check({ port: (await servePage(json({}), wildcard)).port }))).toBe('pass')
  })

  it('for the server name that the row gives are right', async () => {
    const far = await servePage(json({}), issue({ names: ['other.hangar.test'] }))
    expect(said(await check({ port: far.port, serverName: 'other.hangar.test' }))).toBe('pass')
    expect(said(await check({ host: '127.0.0.1', port: far.port }))).toBe('fail tls.name')
  })

  it('whose name the far end denies by an alert are tls.name', async () => {
    const far = await listen(
      tls.createServer({ ...tlsOptions(), SNICallback: (_name, done) => done(new Error('unknown')) }, () => undefined),
    )
    expect(['fail tls.name', 'fail tls.reset', 'fail tls.failed']).toContain(said(await check({ port: far.port })))
    // The alert itself: unrecognized_name (112).
    const alerts = await serve(
      (socket) => void socket.once('data', () => socket.write(Buffer.from([0x15, 3, 3, 0, 2, 2, 112]))),
    )
    expect(said(await check({ port: alerts.port }))).toBe('fail tls.name')
  })
})

/** Makes a certificate for whatever name is asked, as a box that inspects does. */
const minting = (ca = stranger): tls.TlsOptions => ({
  ...tlsOptions(ca.issue({ names: [name] }), ca),
  SNICallback: (asked, done) => {
    const issued = ca.issue({ names: [asked] })
    done(null, tls.createSecureContext({ cert: chainOf(issued, ca), key: issued.key }))
  },
})

describe('interception', () => {
  it('is known by a certificate for a made-up name', async () => {
    const box = await servePage(json({}), minting())
    const result = await check({ port: box.port })
    expect(said(result)).toBe('fail tls.intercepted')
    expect(evidenceOf(result)).toContain('signed on demand')
  })

  it('is known by the name of a product that inspects', async () => {
    const product = createAuthority('Zscaler Root CA')
    const box = await servePage(json({}), tlsOptions(product.issue({ names: [name] }), product))
    const result = await check({ port: box.port, clientProfile: { trust: 'system' } })
    expect(said(result)).toBe('fail tls.intercepted')
    expect(evidenceOf(result)).toContain('Zscaler')
  })

  it('breaks a row that does not bear it, whoever trusts the box', async () => {
    const product = createAuthority('Netskope CA')
    const box = await servePage(json({}), tlsOptions(product.issue({ names: [name] }), product))
    const row = { port: box.port, inspection: 'never', clientProfile: { trust: 'bundled' } }
    expect(said(await check(row))).toBe('fail tls.intercepted')
  })

  it('is not said of a private authority with a wildcard, nor of a page that speaks of a product', async () => {
    const far = await servePage(json({}), tlsOptions(stranger.issue({ names: ['*.hangar.test'] }), stranger))
    expect(said(await check({ port: far.port }))).toBe('fail tls.untrusted')
    const mentions = await servePage(json({ about: 'zscaler and netskope' }))
    expect(said(await check({ port: mentions.port }))).toBe('pass')
  })

  it('shows the block page that it was made for', async () => {
    const box = await servePage(html('Access to this site is blocked by your organisation', 403), minting())
    expect(said(await check({ port: box.port }))).toBe('fail identity.block-page')
    const portal = await servePage(
      { status: 302, headers: { Location: 'http://portal.hotel.test/login' } },
      tlsOptions(stranger.issue({ names: ['portal.hotel.test'] }), stranger),
    )
    expect(said(await check({ port: portal.port }))).toBe('fail identity.captive-portal')
  })
})

/** Hands bytes on to a good far end, under a rule. */
async function between(rule: (from: Socket, to: Socket) => void): Promise<number> {
  const good = await servePage(json({}))
  const middle = await serve((socket) => {
    const inner = connect({ host: '127.0.0.1', port: good.port })
    inner.on('error', () => socket.destroy())
    socket.on('close', () => inner.destroy())
    rule(socket, inner)
  })
  return middle.port
}

describe('handshakes', () => {
  it('that are cut on the hello are tls.reset, and the evidence says whether the name is filtered', async () => {
    const cut = await serve((socket) => void socket.once('data', () => reset(socket)))
    const result = await check({ port: cut.port })
    expect(said(result)).toBe('fail tls.reset')
    expect(evidenceOf(result)).toContain('is cut too')
    const filtered = await between((socket, inner) => {
      socket.once('data', (hello: Buffer) => {
        if (hello.includes(name)) return reset(socket)
        inner.write(hello)
        socket.pipe(inner).pipe(socket)
      })
    })
    const byName = await check({ port: filtered })
    expect(said(byName)).toBe('fail tls.reset')
    expect(evidenceOf(byName)).toContain('the name is filtered')
  })

  it('that nobody answers are tls.stalled', async () => {
    const mute = await serve((socket) => void socket.resume())
    expect(said(await check({ port: mute.port }))).toBe('fail tls.stalled')
    const halfway = await serve(
      (socket) =>
        void socket.once('data', () => socket.write(Buffer.from([0x16, 3, 3, 0x40, 0, 2, 0, 0x3f, 0xfc, 3, 3]))),
    )
    expect(said(await check({ port: halfway.port }))).toBe('fail tls.stalled')
  })

  it('of which only large packets are lost are mtu.black-hole', async () => {
    const small = await between((socket, inner) => {
      socket.pipe(inner)
      inner.on('data', (chunk: Buffer) => void (chunk.length < 500 && socket.write(chunk)))
    })
    expect(said(await check({ port: small }))).toBe('fail mtu.black-hole')
    const towards = await between((socket, inner) => {
      inner.pipe(socket)
      socket.on('data', (chunk: Buffer) => void (chunk.length < 300 && inner.write(chunk)))
    })
    expect(said(await check({ port: towards }))).toBe('fail mtu.black-hole')
  })

  it('without a common version are tls.version', async () => {
    const old = await servePage(json({}), {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    })
    expect(said(await check({ port: old.port }))).toBe('fail tls.version')
    const alert = await serve(
      (socket) => void socket.once('data', () => socket.write(Buffer.from([0x15, 3, 1, 0, 2, 2, 70]))),
    )
    expect(said(await check({ port: alert.port }))).toBe('fail tls.version')
    const twelve = await servePage(json({}), { maxVersion: 'TLSv1.2' })
    expect(said(await check({ port: twelve.port }))).toBe('pass')
  })

  it('with a far end that does not speak TLS are identity.protocol', async () => {
    const plain = await serve(answering(() => json({})))
    expect(said(await check({ port: plain.port }))).toBe('fail identity.protocol')
    const ssh = await serve((socket) => void socket.write('SSH-2.0-OpenSSH_9.9\r\n'))
    const result = await check({ port: ssh.port })
    expect(said(result)).toBe('fail identity.protocol')
    expect(evidenceOf(result)).toContain('SSH-2.0')
  })

  it('answered by a block page in clear are identity.block-page', async () => {
    const page = await serve(answering(() => html('This website is blocked by policy', 403)))
    expect(said(await check({ port: page.port }))).toBe('fail identity.block-page')
  })

  it('that end in an alert of their own are tls.failed', async () => {
    const alert = await serve(
      (socket) => void socket.once('data', () => socket.write(Buffer.from([0x15, 3, 3, 0, 2, 2, 80]))),
    )
    expect(said(await check({ port: alert.port }))).toBe('fail tls.failed')
    const endless = await serve((socket) => {
      const record = Buffer.concat([Buffer.from([0x16, 3, 3, 0x40, 0]), Buffer.alloc(0x4000, 1)])
      socket.once('data', () => {
        const more = (): void => void (socket.writable && socket.write(record, more))
        more()
      })
    })
    expect(said(await check({ port: endless.port }))).toBe('fail tls.failed')
  })
})

describe('client certificates', () => {
  const wants = { requestCert: true, rejectUnauthorized: true, ca: authority.certificate }

  it('that the far end wants and does not get are tls.client-cert, in TLS 1.3 and 1.2', async () => {
    const far = await servePage(json({}), wants)
    expect(said(await check({ port: far.port }))).toBe('fail tls.client-cert')
    const older = await servePage(json({}), { ...wants, maxVersion: 'TLSv1.2' })
    expect(said(await check({ port: older.port }))).toBe('fail tls.client-cert')
    const socket = await serveTls((one) => void one.resume(), wants)
    expect(said(await check({ port: socket.port, protocol: 'wss' }))).toBe('fail tls.client-cert')
    expect(said(await check({ port: socket.port, protocol: 'amqp091' }))).toBe('fail tls.client-cert')
  })

  it('that are merely asked for are no fault', async () => {
    const far = await servePage(json({}), { ...wants, rejectUnauthorized: false })
    expect(said(await check({ port: far.port }))).toBe('pass')
  })
})
