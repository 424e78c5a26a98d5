import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PeerName, type Peers, startPeers } from '../../peers/peers.ts'
import { serveNames } from '../servers/dns.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'

/** RabbitMQ starts slowly, so all of these cases share one set of programs. */
let standing: Promise<{ readonly peers: Peers; readonly end: () => Promise<void> }> | undefined

async function start(): Promise<Awaited<NonNullable<typeof standing>>> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-peers-'))
  const stop = new AbortController()
  const peers = await startPeers({ address: '127.0.0.1', folder: join(folder, 'state') }, stop.signal)
  return {
    peers,
    async end() {
      await peers.stop()
      stop.abort()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Ends the programs that the cases shared; the runner calls it once. */
export async function endPeers(): Promise<void> {
  const started = standing
  standing = undefined
  await (await started?.catch(() => undefined))?.end()
}

/** An endpoint to one of them, as its component is configured, in this protocol. */
const to =
  (peer: PeerName, protocol: string, more: (peers: Peers) => EndpointFields = () => ({})) =>
  async (): Promise<Setup> => {
    standing ??= start()
    const { peers } = await standing
    const { host, port } = peers[peer]
    const { address } = await serveNames((asked, family) =>
      asked === host ? (family === 4 ? ['127.0.0.1'] : []) : { code: 3 },
    )
    const clientProfile = { trust: { setting: peers.authority.certificate } }
    return { row: { host, port, protocol, clientProfile, ...more(peers) }, resolver: address }
  }
const needs = ['rabbitmq', 'servers'] as const

/** RabbitMQ, the registry of the CNCF, pebble and git's HTTP backend, each checked as itself and as something else. */
export const peersCases: readonly Case[] = [
  fault('auth.required', 'RabbitMQ with AMQP 1.0', to('serviceBus', 'amqp1'), {
    needs,
    near: ['identity.dialect', 'identity.silent'],
  }),
  fault('auth.required', 'RabbitMQ with AMQP 0-9-1', to('eventHub', 'amqp091'), {
    needs,
    near: ['identity.dialect', 'identity.protocol'],
  }),
  fault('identity.protocol', 'RabbitMQ in place of a web service', to('eventHub', 'https'), {
    needs,
    near: ['identity.silent'],
  }),
  fault('identity.protocol', 'RabbitMQ in place of a WebSocket', to('serviceBus', 'wss'), {
    needs,
    near: ['identity.websocket'],
  }),
  fault('identity.http2', 'RabbitMQ in place of gRPC', to('serviceBus', 'grpc'), { needs }),
  fault(
    'tls.untrusted',
    'RabbitMQ with a certificate of an untrusted authority, which it does not send',
    to('serviceBus', 'amqp1', () => ({ clientProfile: { trust: 'bundled' } })),
    { needs, near: ['tls.intercepted', 'tls.incomplete-chain'] },
  ),
  fault(
    'tls.name',
    'RabbitMQ with a certificate for another name',
    to('serviceBus', 'amqp1', () => ({ serverName: 'other.hangar.test' })),
    { needs },
  ),
  fault('auth.required', 'the registry of the CNCF', to('registry', 'oci'), { needs, near: ['identity.protocol'] }),
  fault('identity.protocol', 'the registry of the CNCF in place of git', to('registry', 'git'), {
    needs,
    near: ['auth.required'],
  }),
  fault('identity.protocol', 'the registry of the CNCF in place of an ACME server', to('registry', 'acme'), {
    needs,
    near: ['auth.required'],
  }),
  fine(
    ['identity.protocol'],
    'pebble, an ACME server',
    to('acme', 'acme', () => ({ path: '/dir' })),
    { needs },
  ),
  fault('identity.protocol', 'pebble in place of a registry', to('acme', 'oci'), { needs }),
  fault('identity.protocol', 'pebble in place of a vault', to('acme', 'vault'), { needs }),
  fault('identity.websocket', 'pebble in place of a WebSocket', to('acme', 'wss'), { needs }),
  fine(
    ['auth.required', 'identity.protocol'],
    'git’s HTTP backend',
    to('git', 'git', () => ({ path: '/hangar/updates.git' })),
    { needs },
  ),
  fault(
    'identity.protocol',
    'git’s HTTP backend without the repository',
    to('git', 'git', () => ({ path: '/hangar/other.git' })),
    { needs },
  ),
  fault('identity.protocol', 'git’s HTTP backend in place of a registry', to('git', 'oci'), { needs }),
]
