import { apiOf } from '../../bed/access.ts'
import type { DemoEnvironment } from '../../demo/demo-environment.ts'
import type { PeerServer } from '../../peers/peer-server.ts'
import type { Computer } from './computer.ts'
import { type Impostor, startBlockPage, startExpired, startInterceptor, startOtherVersion } from './impostors.ts'
import type { Network } from './network.ts'

/** What a fault is injected into. */
interface FaultContext {
  readonly demo: DemoEnvironment
  readonly network: Network
  readonly computer: Computer
  readonly signal: AbortSignal
}

/** The vantages that these tests check from. */
export type VantageKind = 'computer' | 'pod' | 'component'

/** A fault in the bed's network, and what Hangar must report. */
export interface Fault {
  readonly name: string
  /** The endpoints that fail, by vantage; all others still pass. */
  readonly affects: Readonly<Partial<Record<VantageKind, readonly string[]>>>
  /** The code of the cause. */
  readonly cause: string
  /** The title of the cause in the table. */
  readonly label: string
  /** The evidence in the details of the row. */
  readonly evidence: RegExp
  /** The finding that groups the rows with this cause. */
  readonly finding?: RegExp
  /** The differences between vantages in the details of the row. */
  readonly differences?: RegExp
  /** Resolves with a function that removes what `network.restore` does not. */
  inject(context: FaultContext): Promise<(() => Promise<void>) | undefined>
}

// The component is the enforcer, whose only endpoint is the event hub.
const everywhere = (row: string): Fault['affects'] => ({
  computer: [row],
  pod: [row],
  ...(row === 'enforcer-event-hub' && { component: [row] }),
})
const to = ({ address, port }: PeerServer): string => `ip daddr ${address} tcp dport ${port}`

/** Redirects connections from a server to an impostor until the fault is removed. */
const divert = async (
  { network }: FaultContext,
  server: PeerServer,
  impostor: Impostor,
): Promise<() => Promise<void>> => {
  await network.divert(server, impostor)
  return () => impostor.stop()
}

/** The endpoints that this computer can check. */
const fromComputer = [
  'agent-control-plane',
  'local-adaptor-global-adaptor',
  'local-adaptor-service-bus',
  'enforcer-event-hub',
  'certificate-manager-dns',
  'certificate-manager-acme',
  'flux-source-git',
  'flux-helm-registry',
]

// The first byte of each TLS record of a handshake: content type 22 (RFC 8446 §5.1).
const isHandshake = '@ih,0,8 22'
// Below any MTU in use, and above each packet of a handshake before the certificates.
const largestPassing = 600

export const faults: readonly Fault[] = [
  {
    name: 'a firewall drops connections to the event hub',
    affects: everywhere('enforcer-event-hub'),
    cause: 'tcp.timeout',
    label: 'Connection timeout',
    evidence: /timeout after/,
    async inject({ demo, network }) {
      await network.filter([`${to(demo.peers.eventHub)} drop`])
      return undefined
    },
  },
  {
    name: 'a firewall rejects connections to the Git host',
    affects: everywhere('flux-source-git'),
    cause: 'tcp.refused',
    label: 'Connection refused',
    evidence: /refused/,
    async inject({ demo, network }) {
      await network.filter([`${to(demo.peers.git)} reject with tcp reset`])
      return undefined
    },
  },
  {
    name: 'a firewall resets connections to the certificate authority at the TLS ClientHello',
    affects: everywhere('certificate-manager-acme'),
    cause: 'tls.reset',
    label: 'Reset during TLS hello',
    evidence: /is reset at the TLS ClientHello/,
    async inject({ demo, network }) {
      await network.filter([`${to(demo.peers.acme)} ${isHandshake} reject with tcp reset`])
      return undefined
    },
  },
  {
    name: 'the host name of the DNS service is missing from DNS',
    affects: everywhere('certificate-manager-dns'),
    cause: 'dns.nxdomain',
    label: 'Host name not found',
    evidence: /does not exist/,
    async inject({ demo, network }) {
      await network.rename(demo.peers.dnsService.host, undefined)
      return undefined
    },
  },
  {
    name: 'DNS queries from this computer are dropped',
    affects: { computer: fromComputer },
    cause: 'dns.timeout',
    label: 'DNS server timeout',
    evidence: /did not answer/,
    finding: /names fail at the DNS server/,
    differences: /From this computer it fails at DNS.*From a pod in hangar-plane it passes/s,
    async inject({ network, computer, demo }) {
      const { address, port } = demo.bed.resolver
      const queries = `iifname "${computer.bedInterface}" ip daddr ${address}`
      await network.filter([`${queries} udp dport ${port} drop`, `${queries} tcp dport ${port} drop`])
      return undefined
    },
  },
  {
    name: 'the vendor’s registry resolves to a sinkhole address',
    affects: everywhere('flux-helm-registry'),
    cause: 'dns.sinkhole',
    label: 'DNS sinkhole',
    evidence: /0\.0\.0\.0/,
    async inject({ demo, network }) {
      await network.rename(demo.peers.vendorRegistry.host, '0.0.0.0')
      return undefined
    },
  },
  {
    name: 'mitmproxy intercepts connections to the control plane',
    affects: everywhere('agent-control-plane'),
    cause: 'tls.intercepted',
    label: 'TLS interception',
    evidence: /signed by mitmproxy/,
    async inject(context) {
      const { controlPlane } = context.demo.peers
      return divert(context, controlPlane, await startInterceptor(controlPlane, context.signal))
    },
  },
  {
    name: 'the certificate of the DNS service has expired',
    affects: everywhere('certificate-manager-dns'),
    cause: 'tls.expired',
    label: 'Certificate expired',
    evidence: /expired 20/,
    async inject(context) {
      const { dnsService, authority } = context.demo.peers
      return divert(context, dnsService, await startExpired(dnsService, authority, context.signal))
    },
  },
  {
    name: 'a block page is served in place of the Git host',
    affects: everywhere('flux-source-git'),
    cause: 'identity.block-page',
    label: 'Block page',
    evidence: /blocked by the policy/,
    async inject(context) {
      const { git, authority } = context.demo.peers
      return divert(context, git, await startBlockPage(git, authority, context.signal))
    },
  },
  {
    name: 'a broker with another AMQP version replaces the event hub',
    affects: everywhere('enforcer-event-hub'),
    cause: 'identity.dialect',
    label: 'AMQP version mismatch',
    evidence: /the server uses AMQP 1\.0/,
    async inject(context) {
      const { eventHub, authority } = context.demo.peers
      return divert(context, eventHub, await startOtherVersion(eventHub, authority, context.signal))
    },
  },
  {
    name: 'large packets from the certificate authority are lost',
    affects: everywhere('certificate-manager-acme'),
    cause: 'mtu.black-hole',
    label: 'MTU black hole',
    evidence: /a ClientHello whose answer is 7 bytes is answered/,
    async inject({ demo, network }) {
      const { address, port } = demo.peers.acme
      await network.filterAnswers([`ip saddr ${address} tcp sport ${port} ip length > ${largestPassing} drop`])
      return undefined
    },
  },
  {
    name: 'a network policy allows the enforcer only DNS',
    affects: { component: ['enforcer-event-hub'] },
    cause: 'tcp.timeout',
    label: 'Connection timeout',
    evidence: /timeout after/,
    differences: /From component enforcer it fails at TCP.*From this computer and a pod in hangar-plane it passes/s,
    async inject({ demo, signal }) {
      const api = await apiOf(demo.bed)
      const path = '/apis/networking.k8s.io/v1/namespaces/hangar-plane/networkpolicies'
      await api.create(path, dnsOnly, signal)
      return async () => void (await api.remove(`${path}/${dnsOnly.metadata.name}`, signal))
    },
  },
]

const dnsOnly = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'dns-only', namespace: 'hangar-plane' },
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
