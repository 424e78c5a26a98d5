import type { TlsOptions } from 'node:tls'
import { json, servePage } from '../servers/http.ts'
import { between } from '../servers/middlebox.ts'
import { authority, name, reset, tlsOptions } from '../servers/serve.ts'
import { type Case, fault, fine, type Setup } from './case.ts'
import { chainWithUsage } from './chains.ts'

/** Handshakes that one TLS library makes and another does not. */

const rsa = tlsOptions(authority.issue({ names: [name], rsaBits: 2_048 }))
/** For signatures and key encipherment, and for signatures alone. */
const [forBoth, forSignatures] = [chainWithUsage(0xa0), chainWithUsage(0x80)]
const ecdsa = tlsOptions(authority.issue({ names: [name] }))
type Served = TlsOptions & { readonly root?: string }
const tls12 = (ciphers: string, more: Served = {}): Served => ({
  ...rsa,
  maxVersion: 'TLSv1.2',
  ciphers,
  dhparam: 'auto',
  ...more,
})
const dhe = tls12('DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-SHA')
const staticRsa = tls12('AES256-GCM-SHA384:AES128-SHA', forBoth)
const cbcSha384 = tls12('ECDHE-ECDSA-AES256-SHA384', ecdsa)
/** 1024 bits: `openssl dhparam 1024`. */
const shortPrime = `-----BEGIN DH PARAMETERS-----
MIGHAoGBAKIFK2FxZAnrGEpaAVcHuruvVOtKrg4Y1SkywKGz9GD6Wyn8VGTy0b/3
RQaNvR+BWlMcj207GMllP1jXE7Jonh4yqmKXax9jHmKRdgDKTbBmBS+1VBM9oeXp
SxglgoMsKvJpKtpIL2Z03bqFhpwfnI++L3JUgl0FzOZXXzv6fjtXAgEC
-----END DH PARAMETERS-----
`
const shortDhe = tls12('DHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0', { dhparam: shortPrime })

const over = (options: Served, runtime: string) => async (): Promise<Setup> => {
  const trust = options.root === undefined ? {} : { trust: { setting: options.root } }
  return { row: { port: (await servePage(json({}), options)).port, clientProfile: { runtime, ...trust } } }
}

/** A device that handles the first bytes of each connection by their number. */
const before =
  (act: (hello: Buffer, forward: () => void, cut: () => void) => void, runtime = 'go') =>
  async (): Promise<Setup> => {
    const inner = (await servePage(json({}))).port
    const port = await between(inner, (socket, server) => {
      let hello = Buffer.alloc(0)
      const collect = (chunk: Buffer): void => {
        hello = Buffer.concat([hello, chunk])
        // The header of a record has its length.
        if (hello.length < 5 || hello.length < 5 + hello.readUInt16BE(3)) return
        socket.off('data', collect)
        const forward = (): void => {
          server.write(hello)
          socket.pipe(server).pipe(socket)
        }
        act(hello, forward, () => reset(socket))
      }
      socket.on('data', collect)
    })
    return { row: { port, clientProfile: { runtime } } }
  }

const alertRecord = 0x15
const limitBytes = 1_400
const cutsLong = (hello: Buffer, forward: () => void, cut: () => void): void =>
  hello.length > limitBytes ? cut() : forward()
const dropsLong = (hello: Buffer, forward: () => void): void => (hello.length > limitBytes ? undefined : forward())
/** The extension supported_versions with TLS 1.3: a device that does not know it. */
const cutsTls13 = (hello: Buffer, forward: () => void, cut: () => void): void =>
  hello.includes(Buffer.from([0x00, 0x2b, 0x00])) ? cut() : forward()

export const runtimes: readonly Case[] = [
  fault('tls.runtime', 'a server with DHE alone', over(dhe, 'go'), { near: ['tls.version', 'tls.client-cert'] }),
  fault('tls.runtime', 'a server with static RSA key exchange alone', over(staticRsa, 'go')),
  fault('tls.runtime', 'a server with CBC and SHA-384 alone', over(cbcSha384, 'go')),
  fault(
    'tls.runtime',
    'a server with DHE alone that resets in place of an alert',
    async () => {
      const inner = (await servePage(json({}), dhe)).port
      const port = await between(inner, (socket, server) => {
        socket.pipe(server)
        server.on('data', (chunk: Buffer) => void (chunk[0] === alertRecord ? reset(socket) : socket.write(chunk)))
      })
      return { row: { port } }
    },
    { near: ['tls.reset', 'tls.hello-size', 'tls.sni-filter'] },
  ),
  fine(['tls.runtime'], 'a server with DHE alone, for Java', over(dhe, 'java')),
  fine(['tls.runtime'], 'a server with static RSA key exchange alone, for Java', over(staticRsa, 'java')),
  fault(
    'tls.usage',
    'static RSA key exchange with a certificate for signatures alone, for Java',
    over(tls12('AES256-GCM-SHA384', forSignatures), 'java'),
    { near: ['tls.runtime'] },
  ),
  fine(['tls.runtime'], 'a server with CBC and SHA-384 alone, for Java', over(cbcSha384, 'java')),
  fine(['tls.runtime'], 'a server with DHE alone, for OpenSSL', over(dhe, 'openssl')),
  fine(['tls.runtime'], 'a server with static RSA key exchange alone, for Node.js', over(staticRsa, 'node')),
  fault('tls.runtime', 'a server with DHE of 1024 bits alone, for Node.js', over(shortDhe, 'node')),
  fine(['tls.runtime'], 'a server with DHE of 1024 bits alone, for Java', over(shortDhe, 'java')),
  fine(
    ['tls.runtime', 'tls.version'],
    'a TLS 1.2 server with ECDHE and CBC',
    over(tls12('ECDHE-RSA-AES128-SHA'), 'go'),
  ),
  fault(
    'tls.version',
    'a server with TLS 1.1 and DHE alone',
    over(tls12('DHE-RSA-AES128-SHA:@SECLEVEL=0', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }), 'go'),
    { near: ['tls.runtime'] },
  ),

  fault('tls.hello-size', 'a device that resets a long TLS hello', before(cutsLong), {
    near: ['tls.reset', 'tls.sni-filter', 'tls.runtime'],
  }),
  fault('tls.hello-size', 'a device that drops a long TLS hello', before(dropsLong), {
    near: ['mtu.black-hole', 'tls.stalled'],
  }),
  fine(['tls.hello-size'], 'a device that resets a long TLS hello, for Java', before(cutsLong, 'java')),
  fault('tls.reset', 'a device that resets TLS 1.3, of whatever length', before(cutsTls13), {
    near: ['tls.hello-size', 'tls.sni-filter'],
  }),
  fault(
    'tls.sni-filter',
    'a device that closes a connection for one name',
    before((hello, forward, cut) => (hello.includes(name) ? cut() : forward())),
    { near: ['tls.reset', 'tls.hello-size'] },
  ),
]
