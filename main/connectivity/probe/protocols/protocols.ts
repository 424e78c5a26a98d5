import type { Protocol } from '../../../../preload/contract/profiles.ts'
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
