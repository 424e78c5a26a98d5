import type { Protocol } from '../../../../preload/contract/profiles.ts'
import type { Target } from '../target.ts'
import { acme } from './acme.ts'
import { amqpWs } from './amqp-ws.ts'
import { amqp1 } from './amqp1.ts'
import { amqp091 } from './amqp091.ts'
import { arm } from './arm.ts'
import { git } from './git.ts'
import { grpc } from './grpc.ts'
import { https } from './https.ts'
import { kubernetes } from './kubernetes.ts'
import { oci } from './oci.ts'
import type { ProtocolClient } from './protocol.ts'
import { vault } from './vault.ts'
import { wss } from './wss.ts'

const pageProtocols: ReadonlySet<Protocol> = new Set(['https', 'oci', 'acme', 'git', 'arm', 'vault', 'kubernetes'])
/** Whether the protocol consists of GET requests, with nothing to negotiate first. */
export const usesGetRequests = ({ protocol }: { readonly protocol: Protocol }): boolean => pageProtocols.has(protocol)

/**
 * The application protocols (ALPN) that a component offers. Go's net/http, Java's HttpClient and curl offer HTTP/2 first; Node's
 * https offers HTTP/1.1 alone.
 */
export function offeredProtocols({
  protocol,
  runtime,
  alpn,
}: Pick<Target, 'protocol' | 'runtime' | 'alpn'>): readonly string[] {
  if (alpn !== undefined) return alpn
  return usesGetRequests({ protocol }) && runtime !== 'node' ? ['h2', 'http/1.1'] : protocolClients[protocol].alpn
}

/** Every protocol that an endpoint can have. */
export const protocolClients = {
  wss,
  https,
  grpc,
  amqp1,
  amqp091,
  'amqp-ws': amqpWs,
  oci,
  acme,
  git,
  arm,
  vault,
  kubernetes,
} satisfies Readonly<Record<Protocol, ProtocolClient>>
