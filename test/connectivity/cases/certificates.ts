import type { TlsOptions } from 'node:tls'
import { createAuthority } from '../../peers/authority.ts'
import { html, json, type Page, servePage } from '../servers/http.ts'
import { issue, minting, oldCross } from '../servers/middlebox.ts'
import { serveOpenssl } from '../servers/openssl.ts'
import { authority, name, serve, serveTls, tlsOptions, untrustedAuthority } from '../servers/serve.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'

const day = 86_400_000
const over = async (options: TlsOptions, row: EndpointFields = {}, page: Page = json({})): Promise<Setup> => ({
  row: { port: (await servePage(page, options)).port, ...row },
})
const strange = tlsOptions(untrustedAuthority.issue({ names: [name] }), untrustedAuthority)
const dated = (ms: number): Page => ({ headers: { Date: new Date(Date.now() + ms).toUTCString() } })
const product = (issuer: string): TlsOptions => {
  const ca = createAuthority(issuer)
  return tlsOptions(ca.issue({ names: [name] }), ca)
}
/** Serves a certificate with a short key, which Node's own server refuses to do at its usual security level. */
const weak = (options: TlsOptions): TlsOptions => ({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' })
/** Answers the TLS hello with these bytes. */
const expected = async (...bytes: readonly number[]): Promise<Setup> => ({
  row: { port: (await serve((socket) => void socket.once('data', () => socket.write(Buffer.from(bytes))))).port },
})
/** The component uses OpenSSL; by default it is in Go. */
const openssl: EndpointFields = { clientProfile: { runtime: 'openssl' } }
const wants = { requestCert: true, rejectUnauthorized: true, ca: authority.certificate }
const other = (common: string): Setup['credential'] => untrustedAuthority.issue({ names: [common], client: true })
const presenting = { clientProfile: { clientCertificate: 'agent-tls' } }

export const certificates: readonly Case[] = [
  fault('tls.untrusted', 'a certificate of an authority that the endpoint does not trust', () => over(strange), {
    near: ['tls.intercepted'],
  }),
  fault('tls.untrusted', 'a certificate of a private authority for an endpoint with the system roots', () =>
    over({}, { clientProfile: { trust: 'system' } }),
  ),
  fault('tls.untrusted', 'a certificate of a private authority for an endpoint with bundled roots', () =>
    over({}, { clientProfile: { trust: 'bundled' } }),
  ),
  fault(
    'tls.untrusted',
    'a wildcard certificate of an unknown authority that matches any name',
    () => over(tlsOptions(untrustedAuthority.issue({ names: ['*.hangar.test'] }), untrustedAuthority)),
    { near: ['tls.intercepted'] },
  ),
  fault(
    'tls.untrusted',
    'a certificate that is untrusted, expired and for another name at once',
    () => over(tlsOptions(untrustedAuthority.issue({ names: ['other.test'], days: -3 }), untrustedAuthority)),
    { near: ['tls.expired', 'tls.name'] },
  ),
  fine(['tls.untrusted'], 'a certificate of the authority that the endpoint trusts', () => over({})),
  fault('tls.expired', 'a certificate that expired ten days ago', () => over(issue({ days: -10 })), {
    near: ['tls.untrusted', 'clock.skew'],
  }),
  fault('tls.expired', 'a certificate that expired a minute ago', () =>
    over(issue({ notBefore: new Date(Date.now() - day), days: -1 / 1_440 })),
  ),
  fine(['tls.expired'], 'a certificate that expires in ten minutes', () => over(issue({ days: 1 / 144 }))),
  fault(
    'tls.not-yet-valid',
    'a certificate that is valid from tomorrow',
    () => over(issue({ notBefore: new Date(Date.now() + day), days: 30 })),
    { near: ['tls.expired', 'clock.skew'] },
  ),
  fault('tls.not-yet-valid', 'a certificate that is valid from ten minutes from now', () =>
    over(issue({ notBefore: new Date(Date.now() + 600_000), days: 30 })),
  ),
  fine(['tls.not-yet-valid'], 'a certificate that is valid since a second ago', () =>
    over(issue({ notBefore: new Date(Date.now() - 1_000), days: 30 })),
  ),
  fault(
    'clock.skew',
    'a certificate that is valid already only by the server’s clock',
    () => over(issue({ notBefore: new Date(Date.now() + day), days: 30 }), {}, dated(2 * day)),
    { near: ['tls.not-yet-valid'] },
  ),
  fault(
    'clock.skew',
    'a certificate that has not expired by the server’s clock',
    () => over(issue({ days: -10 }), {}, dated(-20 * day)),
    { near: ['tls.expired'] },
  ),
  fault(
    'tls.expired',
    'a certificate that has expired by both clocks',
    () => over(issue({ days: -10 }), {}, dated(0)),
    { near: ['clock.skew'] },
  ),
  fault('tls.name', 'a certificate for another name', () => over(issue({ names: ['other.hangar.test'] })), {
    near: ['tls.untrusted'],
  }),
  fault('tls.name', 'a wildcard one level too deep', () => over(issue({ names: [`*.sub.${name}`] }))),
  fault('tls.name', 'an address that the certificate does not have', async () => ({
    row: { host: '127.0.0.1', port: (await servePage(json({}), issue({ names: ['other.hangar.test'] }))).port },
  })),
  fault('tls.name', 'a server that rejects the name with an alert', () => expected(0x15, 3, 3, 0, 2, 2, 112), {
    near: ['tls.failed', 'tls.version'],
  }),
  fine(['tls.name'], 'a wildcard that matches', () => over(issue({ names: ['*.hangar.test'] }))),
  fine(['tls.name'], 'the server name in the endpoint’s definition', () =>
    over(issue({ names: ['other.hangar.test'] }), { serverName: 'other.hangar.test' }),
  ),
  fault('tls.name', 'a certificate with the name only as its common name', () =>
    over(tlsOptions(authority.issue({ commonName: name }))),
  ),
  fault(
    'tls.weak-key',
    'a certificate with an RSA key of 1024 bits',
    () => over(weak(issue({ rsaBits: 1_024 })), openssl),
    {
      near: ['tls.untrusted', 'tls.failed'],
    },
  ),
  fault('tls.weak-key', 'a certificate with an RSA key of 1536 bits, over TLS 1.2', () =>
    over(weak({ ...issue({ rsaBits: 1_536 }), maxVersion: 'TLSv1.2' }), openssl),
  ),
  fine(['tls.weak-key'], 'a certificate with an RSA key of 2048 bits', () => over(issue({ rsaBits: 2_048 }))),
  fault(
    'tls.untrusted',
    'a certificate of an unknown authority with an RSA key of 1024 bits',
    () => over(weak(tlsOptions(untrustedAuthority.issue({ names: [name], rsaBits: 1_024 }), untrustedAuthority))),
    { near: ['tls.weak-key'] },
  ),
  fault(
    'tls.name',
    'a certificate for another name with an RSA key of 1024 bits',
    () => over(weak(issue({ names: ['other.hangar.test'], rsaBits: 1_024 })), openssl),
    { near: ['tls.weak-key'] },
  ),
  fine(['tls.expired'], 'a chain with an unneeded certificate of an expired root', () => {
    const { certificate: leaf, key } = authority.issue({ names: [name] })
    return over({ cert: `${leaf}\n${oldCross()}`, key })
  }),
]

export const interception: readonly Case[] = [
  fault(
    'tls.intercepted',
    'an inspecting proxy that issues a certificate for an invented name',
    () => over(minting()),
    {
      near: ['tls.untrusted'],
    },
  ),
  fault('tls.intercepted', 'an inspecting proxy with the name of a product as issuer', () =>
    over(product('Zscaler Root CA'), { clientProfile: { trust: 'system' } }),
  ),
  fault('tls.intercepted', 'an inspecting proxy on an endpoint that does not permit inspection', () =>
    over(product('Netskope CA'), { inspection: 'never', clientProfile: { trust: 'bundled' } }),
  ),
  fault(
    'tls.intercepted',
    'an inspecting proxy with a trusted root, on an endpoint that does not permit inspection',
    () => {
      const box = createAuthority('FortiGate CA')
      return over(minting(box), { inspection: 'never', clientProfile: { trust: { setting: box.certificate } } })
    },
    { near: ['tls.inspected'] },
  ),
  fine(['tls.intercepted', 'identity.block-page'], 'a page that names inspection products', () =>
    over({}, {}, json({ about: 'zscaler and netskope' })),
  ),
  fine(['tls.intercepted', 'tls.inspected'], 'a private authority whose root the endpoint trusts', () => {
    const own = createAuthority('Corporate CA 7')
    return over(tlsOptions(own.issue({ names: [name] }), own), {
      clientProfile: { trust: { setting: own.certificate } },
    })
  }),
  fault(
    'identity.block-page',
    'an inspecting proxy that shows its block page',
    () => over(minting(), {}, html('Access to this site is blocked by your organisation', 403)),
    { near: ['tls.intercepted'] },
  ),
  fault(
    'identity.captive-portal',
    'a captive portal with its own certificate',
    () =>
      over(
        tlsOptions(untrustedAuthority.issue({ names: ['portal.hotel.test'] }), untrustedAuthority),
        {},
        { status: 302, headers: { Location: 'http://portal.hotel.test/login' } },
      ),
    { near: ['tls.untrusted', 'tls.name'] },
  ),
]

export const clients: readonly Case[] = [
  fault('tls.client-cert', 'a TLS 1.3 server that requires a client certificate', () => over(wants), {
    near: ['auth.rejected', 'tls.failed'],
  }),
  fault(
    'tls.client-cert',
    'a TLS 1.2 server that requires a client certificate',
    () => over({ ...wants, maxVersion: 'TLSv1.2' }),
    { near: ['tls.version'] },
  ),
  fault(
    'tls.client-cert',
    'a WebSocket server that requires a client certificate',
    async () => ({
      row: { port: (await serveTls((socket) => void socket.resume(), wants)).port, protocol: 'wss' },
    }),
    { near: ['identity.silent'] },
  ),
  fault('tls.client-cert', 'a broker that requires a client certificate', async () => ({
    row: { port: (await serveTls((socket) => void socket.resume(), wants)).port, protocol: 'amqp091' },
  })),
  fault(
    'tls.client-cert',
    'an OpenSSL server that does not trust the client certificate',
    async () => ({
      row: { port: await serveOpenssl('-CAfile', 'ca.crt', '-Verify', '1', '-verify_return_error'), ...presenting },
      credential: other('agent'),
    }),
    { near: ['auth.rejected', 'identity.silent'] },
  ),
  fault(
    'identity.silent',
    'a server that closes the connection on an untrusted client certificate, without an alert',
    async () => ({
      ...(await over(wants, presenting)),
      credential: other('agent'),
    }),
  ),
  fine(['tls.client-cert'], 'a server with an optional client certificate', () =>
    over({ ...wants, rejectUnauthorized: false }),
  ),
  fine(['tls.client-cert', 'auth.rejected'], 'a client certificate that the server accepts', async () => ({
    ...(await over(wants, presenting)),
    credential: authority.issue({ names: ['agent'], client: true }),
  })),
  ...(['wss', 'https'] as const).map((protocol) =>
    fault(
      'auth.rejected',
      `a client certificate that the server of ${protocol} rejects`,
      async () => ({
        ...(await over(
          { ...wants, rejectUnauthorized: false },
          { protocol, ...presenting },
          {
            status: protocol === 'wss' ? 401 : 403,
            body: 'client certificate verification failed',
          },
        )),
        credential: authority.issue({ names: ['agent'], client: true }),
      }),
      { near: ['auth.required', 'tls.client-cert'] },
    ),
  ),
  fine(['auth.rejected'], 'a client certificate and a page that does not exist', async () => ({
    ...(await over({ ...wants, rejectUnauthorized: false }, presenting, { status: 404, body: 'nothing here' })),
    credential: authority.issue({ names: ['agent'], client: true }),
  })),
]
