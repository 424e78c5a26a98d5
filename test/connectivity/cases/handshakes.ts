import type { TlsOptions } from 'node:tls'
import { answering, html, json, type Page, serveKept, servePage } from '../servers/http.ts'
import { between } from '../servers/middlebox.ts'
import { name, reset, serve } from '../servers/serve.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'

const over = async (options: TlsOptions, row: EndpointFields = {}, page: Page = json({})): Promise<Setup> => ({
  row: { port: (await servePage(page, options)).port, ...row },
})
/** Answers the TLS hello with these bytes. */
const expected = async (...bytes: readonly number[]): Promise<Setup> => ({
  row: { port: (await serve((socket) => void socket.once('data', () => socket.write(Buffer.from(bytes))))).port },
})
/** A device with a rule in front of a good server. */
const before = async (rule: Parameters<typeof between>[1]): Promise<Setup> => ({
  row: { port: await between((await servePage(json({}))).port, rule) },
})

export const handshakes: readonly Case[] = [
  fault(
    'tls.reset',
    'a connection that is reset after the TLS hello',
    async () => ({
      row: { port: (await serve((socket) => void socket.once('data', () => reset(socket)))).port },
    }),
    { near: ['tcp.reset'] },
  ),
  fault(
    'tls.reset',
    'a connection that is closed after the TLS hello',
    async () => ({
      row: { port: (await serve((socket) => void socket.once('data', () => socket.end()))).port },
    }),
    { near: ['tcp.reset', 'tls.failed'] },
  ),
  fault('tls.sni-filter', 'a filter on the name in the TLS hello', () =>
    before((socket, inner) => {
      socket.once('data', (hello: Buffer) => {
        if (hello.includes(name)) return reset(socket)
        inner.write(hello)
        socket.pipe(inner).pipe(socket)
      })
    }),
  ),
  fine(['tls.reset', 'mtu.black-hole'], 'a device that forwards everything', () =>
    before((socket, inner) => void socket.pipe(inner).pipe(socket)),
  ),
  fault(
    'tls.stalled',
    'a server that does not respond',
    async () => ({
      row: { port: (await serve((socket) => void socket.resume())).port },
    }),
    { near: ['mtu.black-hole', 'identity.silent', 'tcp.timeout'] },
  ),
  fault(
    'tls.stalled',
    'a server that stops in the middle of its first record',
    () => expected(0x16, 3, 3, 0x40, 0, 2, 0, 0x3f, 0xfc, 3, 3),
    { near: ['tls.failed'] },
  ),
  fine(['tls.stalled'], 'a server with a slow handshake', () =>
    before((socket, inner) => {
      socket.once('data', (hello: Buffer) => {
        setTimeout(() => {
          inner.write(hello)
          socket.pipe(inner).pipe(socket)
        }, 2_000)
      })
    }),
  ),
  fault(
    'mtu.black-hole',
    'large packets lost on the path back',
    () =>
      before((socket, inner) => {
        socket.pipe(inner)
        inner.on('data', (chunk: Buffer) => void (chunk.length < 500 && socket.write(chunk)))
      }),
    { near: ['tls.stalled'] },
  ),
  fault('mtu.black-hole', 'large packets lost on the path to the server', () =>
    before((socket, inner) => {
      inner.pipe(socket)
      socket.on('data', (chunk: Buffer) => void (chunk.length < 300 && inner.write(chunk)))
    }),
  ),
  fault(
    'tls.version',
    'a TLS 1.1 server',
    () => over({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }),
    { near: ['tls.failed'] },
  ),
  fault('tls.version', 'a server that rejects the version with an alert', () => expected(0x15, 3, 1, 0, 2, 2, 70)),
  fine(['tls.version'], 'a TLS 1.2 server', () => over({ maxVersion: 'TLSv1.2' })),
  fault(
    'identity.protocol',
    'an HTTP server without TLS',
    async () => ({
      row: { port: (await serve(answering(() => json({})))).port },
    }),
    { near: ['tls.failed', 'tls.version', 'identity.block-page'] },
  ),
  fault('identity.protocol', 'an SSH server in place of TLS', async () => ({
    row: { port: (await serve((socket) => void socket.write('SSH-2.0-OpenSSH_9.9\r\n'))).port },
  })),
  fault(
    'identity.block-page',
    'a block page without TLS',
    async () => ({
      row: { port: (await serve(answering(() => html('This website is blocked by policy', 403)))).port },
    }),
    { near: ['identity.protocol'] },
  ),
  fault('tls.failed', 'a server that ends with an internal error alert', () => expected(0x15, 3, 3, 0, 2, 2, 80), {
    near: ['tls.version', 'tls.client-cert'],
  }),
  fault('tls.failed', 'a server whose handshake never ends', async () => {
    const record = Buffer.concat([Buffer.from([0x16, 3, 3, 0x40, 0]), Buffer.alloc(0x4000, 1)])
    const server = await serve((socket) => {
      const more = (): void => void (socket.writable && socket.write(record, more))
      socket.once('data', more)
    })
    return { row: { port: server.port } }
  }),
  fault(
    'identity.captive-portal',
    'a captive portal without TLS',
    async () => ({
      row: {
        port: (await serve(answering(() => ({ status: 302, headers: { Location: 'http://portal.hotel.test/login' } }))))
          .port,
      },
    }),
    { near: ['identity.protocol', 'identity.block-page'] },
  ),
  fault(
    'tls.failed',
    'a link that corrupts data',
    () =>
      before((socket, inner) => {
        let hello = false
        inner.pipe(socket)
        socket.on('data', (chunk: Buffer) => {
          // Data after the hello is encrypted: the server detects the damage and ends with an alert.
          if (hello) chunk[chunk.length - 1] = (chunk.at(-1) ?? 0) ^ 0xff
          hello = true
          inner.write(chunk)
        })
      }),
    { near: ['tls.client-cert', 'identity.silent'] },
  ),
  fault(
    'mtu.black-hole',
    'large packets lost on the path to the server, after the handshake',
    async () => ({
      ...(await before((socket, inner) => {
        // Counts bytes since the last response: the system may deliver a large request in parts.
        let sentBytes = 0
        inner.on('data', (chunk: Buffer) => {
          sentBytes = 0
          socket.write(chunk)
        })
        socket.on('data', (chunk: Buffer) => {
          sentBytes += chunk.length
          if (sentBytes < 3_000) inner.write(chunk)
        })
      })),
      holdSeconds: 1,
    }),
    { near: ['identity.silent'] },
  ),
  fault(
    'idle.cut',
    'a device that resets a connection after an idle second',
    async () => ({
      row: {
        protocol: 'kubernetes',
        port: await between(
          (await serveKept({ major: '1', minor: '36', gitVersion: 'v1.36.0' })).port,
          (socket, inner) => {
            inner.pipe(socket)
            const cut = (): void => reset(socket)
            let idle = setTimeout(cut, 1_000)
            socket.on('data', (chunk: Buffer) => {
              clearTimeout(idle)
              idle = setTimeout(cut, 1_000)
              inner.write(chunk)
            })
            socket.on('close', () => clearTimeout(idle))
          },
        ),
      },
      holdSeconds: 3,
    }),
    { near: ['flaky', 'tcp.reset'] },
  ),
]
