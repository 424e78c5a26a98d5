import { apiOf } from '../../bed/access.ts'
import type { DemoWorld } from '../../demo/world.ts'
import type { PeerServer } from '../../peers/peer-server.ts'
import type { Computer } from './computer.ts'
import { type Impostor, startBlockPage, startExpired, startInterceptor, startOtherDialect } from './impostors.ts'
import type { Network } from './network.ts'

/** Where a fault is put in. */
interface Scene {
  readonly world: DemoWorld
  readonly network: Network
  readonly computer: Computer
  readonly signal: AbortSignal
}

export type From = 'computer' | 'pod' | 'component'

/** Something that goes wrong in the bed's network, and what must be said of it. */
export interface Fault {
  readonly name: string
  /** The rows that it spoils, by vantage; the rest of the table stays as it was. */
  readonly spoils: Readonly<Partial<Record<From, readonly string[]>>>
  /** What it is called: the code, and the words in the table. */
  readonly cause: string
  readonly words: string
  /** What the opened row shows of it. */
  readonly evidence: RegExp
  /** Where rows of one cause are told as one finding. */
  readonly finding?: RegExp
  /** What the opened row says of the vantages. */
  readonly differs?: RegExp
  /** Puts it in; resolves with what takes it back, beyond `network.mend`. */
  put(scene: Scene): Promise<(() => Promise<void>) | undefined>
}

// The component is the enforcer, whose one row is the event hub's.
const everywhere = (row: string): Fault['spoils'] => ({
  computer: [row],
  pod: [row],
  ...(row === 'enforcer-event-hub' && { component: [row] }),
})
const to = ({ address, port }: PeerServer): string => `ip daddr ${address} tcp dport ${port}`

/** The server's connections go to an impostor, for as long as the fault lasts. */
const divert = async ({ network }: Scene, speaker: PeerServer, impostor: Impostor): Promise<() => Promise<void>> => {
  await network.divert(speaker, impostor)
  return () => impostor.stop()
}

/** What this computer can check. */
const outside = [
  'agent-control-plane',
  'local-adaptor-global-adaptor',
  'local-adaptor-service-bus',
  'enforcer-event-hub',
  'certificate-manager-dns',
  'certificate-manager-acme',
  'flux-source-git',
  'flux-helm-registry',
]

// Of all packets that carry a TLS handshake message from a client, the first bytes: content type 22 (RFC 8446 §5.1).
const isHandshake = '@ih,0,8 22'
// Below any MTU in use, above all that a handshake needs before the certificates.
const largestPassing = 600

export const faults: readonly Fault[] = [
  {
    name: 'a firewall drops connections to the event hub',
    spoils: everywhere('enforcer-event-hub'),
    cause: 'tcp.timeout',
    words: 'Connection timeout',
    evidence: /timeout after/,
    async put({ world, network }) {
      await network.filter([`${to(world.peers.eventHub)} drop`])
      return undefined
    },
  },
  {
    name: 'a firewall rejects connections to the Git host',
    spoils: everywhere('flux-source-git'),
    cause: 'tcp.refused',
    words: 'Connection refused',
    evidence: /refused/,
    async put({ world, network }) {
      await network.filter([`${to(world.peers.git)} reject with tcp reset`])
      return undefined
    },
  },
  {
    name: 'a filter cuts connections to the certificate authority once the TLS hello is sent',
    spoils: everywhere('certificate-manager-acme'),
    cause: 'tls.reset',
    words: 'Reset during TLS hello',
    evidence: /is reset at the TLS ClientHello/,
    async put({ world, network }) {
      await network.filter([`${to(world.peers.acme)} ${isHandshake} reject with tcp reset`])
      return undefined
    },
  },
  {
    name: 'the resolver forgets the name of the DNS service',
    spoils: everywhere('certificate-manager-dns'),
    cause: 'dns.nxdomain',
    words: 'Host name not found',
    evidence: /does not exist/,
    async put({ world, network }) {
      await network.rename(world.peers.dnsService.host, undefined)
      return undefined
    },
  },
  {
    name: 'questions of this computer to the resolver are dropped',
    spoils: { computer: outside },
    cause: 'dns.timeout',
    words: 'DNS server timeout',
    evidence: /did not answer/,
    finding: /names fail at the DNS server/,
    differs: /From this computer it fails at DNS.*From a pod in hangar-plane it passes/s,
    async put({ network, computer, world }) {
      const { address, port } = world.bed.resolver
      const asked = `iifname "${computer.bedInterface}" ip daddr ${address}`
      await network.filter([`${asked} udp dport ${port} drop`, `${asked} tcp dport ${port} drop`])
      return undefined
    },
  },
  {
    name: 'the resolver sends whoever asks for the vendor’s registry nowhere',
    spoils: everywhere('flux-helm-registry'),
    cause: 'dns.sinkhole',
    words: 'DNS sinkhole',
    evidence: /0\.0\.0\.0/,
    async put({ world, network }) {
      await network.rename(world.peers.vendorRegistry.host, '0.0.0.0')
      return undefined
    },
  },
  {
    name: 'mitmproxy stands before the control plane',
    spoils: everywhere('agent-control-plane'),
    cause: 'tls.intercepted',
    words: 'TLS interception',
    evidence: /signed by mitmproxy/,
    async put(scene) {
      const { controlPlane } = scene.world.peers
      return divert(scene, controlPlane, await startInterceptor(controlPlane, scene.signal))
    },
  },
  {
    name: 'the certificate of the DNS service has expired',
    spoils: everywhere('certificate-manager-dns'),
    cause: 'tls.expired',
    words: 'Certificate expired',
    evidence: /expired 20/,
    async put(scene) {
      const { dnsService, authority } = scene.world.peers
      return divert(scene, dnsService, await startExpired(dnsService, authority, scene.signal))
    },
  },
  {
    name: 'a block page answers in place of the Git host',
    spoils: everywhere('flux-source-git'),
    cause: 'identity.block-page',
    words: 'Block page',
    evidence: /blocked by the policy/,
    async put(scene) {
      const { git, authority } = scene.world.peers
      return divert(scene, git, await startBlockPage(git, authority, scene.signal))
    },
  },
  {
    name: 'a broker of the other dialect stands in the event hub’s place',
    spoils: everywhere('enforcer-event-hub'),
    cause: 'identity.dialect',
    words: 'AMQP version mismatch',
    evidence: /the server uses AMQP 1\.0/,
    async put(scene) {
      const { eventHub, authority } = scene.world.peers
      return divert(scene, eventHub, await startOtherDialect(eventHub, authority, scene.signal))
    },
  },
  {
    name: 'large packets from the certificate authority are lost',
    spoils: everywhere('certificate-manager-acme'),
    cause: 'mtu.black-hole',
    words: 'MTU black hole',
    evidence: /a ClientHello whose answer is 7 bytes is answered/,
    async put({ world, network }) {
      const { address, port } = world.peers.acme
      await network.filterAnswers([`ip saddr ${address} tcp sport ${port} ip length > ${largestPassing} drop`])
      return undefined
    },
  },
  {
    name: 'a network policy keeps the enforcer from everything but names',
    spoils: { component: ['enforcer-event-hub'] },
    cause: 'tcp.timeout',
    words: 'Connection timeout',
    evidence: /timeout after/,
    differs: /From component enforcer it fails at TCP.*From this computer and a pod in hangar-plane it passes/s,
    async put({ world, signal }) {
      const api = await apiOf(world.bed)
      const path = '/apis/networking.k8s.io/v1/namespaces/hangar-plane/networkpolicies'
      await api.create(path, namesOnly, signal)
      return async () => void (await api.remove(`${path}/${namesOnly.metadata.name}`, signal))
    },
  },
]

const namesOnly = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'names-only', namespace: 'hangar-plane' },
  spec: {
    podSelector: { matchLabels: { 'app.kubernetes.io/name': 'enforcer' } },
    policyTypes: ['Egress'],
    egress: [
      {
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      },
    ],
  },
}
