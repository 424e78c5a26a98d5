import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TlsOptions } from 'node:tls'
import { createAuthority } from '../../peers/authority.ts'
import { startMitmproxy } from '../../peers/mitmproxy.ts'
import { grpcStatus, serveHttp2 } from '../servers/grpc.ts'
import { json, servePage } from '../servers/http.ts'
import { minting } from '../servers/middlebox.ts'
import { authority, name, tlsOptions } from '../servers/serve.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'
import { folder, programs } from './environment.ts'

const added = createAuthority('Corporate Root CA')
const product = createAuthority('Zscaler Root CA')
const bySystem = { clientProfile: { trust: 'system' } }
const of = (ca: typeof added): TlsOptions => tlsOptions(ca.issue({ names: [name] }), ca)

/** A machine with these root certificates added, through OpenSSL's variable. */
async function machine(row: EndpointFields, roots: readonly string[]): Promise<Setup> {
  const file = join(await folder(), 'roots.pem')
  await writeFile(file, roots.join('\n'))
  return { row: { ...bySystem, ...row }, inside: ['env', `SSL_CERT_FILE=${file}`] }
}
const on =
  (
    options: TlsOptions,
    row: EndpointFields = {},
    roots: readonly string[] = [added.certificate, product.certificate],
  ) =>
  async (): Promise<Setup> =>
    machine({ port: (await servePage(json({}), options)).port, ...row }, roots)

const alone = { clientProfile: { trust: { setting: added.certificate } } }
const among = { clientProfile: { trust: { setting: `${authority.certificate}\n${added.certificate}` } } }

/** The effect of the machine's root certificates on a verdict. */
export const roots: readonly Case[] = [
  fault('tls.inspected', 'an inspecting proxy with an authority that was added to the machine', on(minting(added)), {
    near: ['tls.intercepted', 'tls.untrusted', 'tls.private-root'],
  }),
  fault('tls.inspected', 'the authority of an inspection product that was added to the machine', on(of(product)), {
    near: ['tls.private-root'],
  }),
  fault(
    'tls.inspected',
    'a mitmproxy with an authority that was added to the machine',
    async () => {
      const upstreamPort = (await servePage(json({}))).port
      const given = { folder: join(await folder(), 'mitmproxy'), upstreamPort, authority: added }
      return machine({ port: await startMitmproxy(given, programs()) }, [added.certificate])
    },
    { needs: ['mitmdump'], near: ['tls.intercepted'] },
  ),
  fault(
    'tls.inspected',
    'an inspecting proxy with an authority among the endpoint’s root certificates',
    on(minting(added), among),
  ),
  fine(
    ['tls.inspected', 'tls.intercepted'],
    'an inspecting proxy with the endpoint’s only root certificate as its authority',
    on(minting(added), alone),
  ),
  fault(
    'tls.intercepted',
    'an inspecting proxy with an authority that was added to the machine, on an endpoint that does not permit inspection',
    on(minting(added), { inspection: 'never' }),
    { near: ['tls.inspected'] },
  ),
  fault(
    'tls.intercepted',
    'an inspecting proxy with an authority that was added to the machine, for a component with bundled roots',
    on(minting(added), { clientProfile: { trust: 'bundled' } }),
    { near: ['tls.inspected'] },
  ),
  fault('tls.private-root', 'a private authority that was added to the machine', on(of(added)), {
    near: ['tls.inspected', 'tls.untrusted'],
  }),
  fault('tls.private-root', 'a gRPC server with an authority that was added to the machine', async () =>
    machine({ port: (await serveHttp2(grpcStatus('12'), of(added))).port, protocol: 'grpc' }, [added.certificate]),
  ),
  fault('tls.untrusted', 'an authority that was not added to the machine', on(of(added), {}, [product.certificate]), {
    near: ['tls.private-root'],
  }),
  fine(
    ['tls.private-root'],
    'a private authority that the endpoint trusts',
    on(of(added), { clientProfile: { trust: { setting: added.certificate } } }, [authority.certificate]),
  ),
]
