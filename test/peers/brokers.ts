import { randomBytes } from 'node:crypto'
import type { Authority } from './authority.ts'
import { startForwarder } from './forwarder.ts'
import type { ListenAddress, PeerServer } from './peer-server.ts'
import type { Programs } from './program.ts'
import { publish } from './publisher.ts'
import { findRabbitmq, startRabbitmq } from './rabbitmq.ts'
import { startSmallBroker } from './small-broker.ts'

export type Brokers = {
  /** RabbitMQ, or small servers in its place that accept a client and have no messages. */
  readonly kind: 'rabbitmq' | 'small'
  /** AMQP 1.0. */
  readonly serviceBus: PeerServer
  /** AMQP 0-9-1. */
  readonly eventHub: PeerServer
  readonly username: string
  readonly password: string
  /** Publishes a notice at the service bus and an event at the event hub. Does nothing with the small brokers. */
  notify(text: string): Promise<void>
}

/** What the demo plane reads from. */
const queue = 'notices'
const exchange = 'amq.topic'

/** Service bus and event hub: one RabbitMQ, and a port of its own for each. */
export const startBrokers = async (
  listenAddresses: { readonly serviceBus: ListenAddress; readonly eventHub: ListenAddress },
  authority: Authority,
  folder: string,
  { real }: { readonly real: boolean },
  programs: Programs,
): Promise<Brokers> => {
  const { signal } = programs
  const account = { username: 'plane', password: randomBytes(18).toString('base64url') }
  const home = real ? findRabbitmq() : undefined
  if (home === undefined) {
    const serviceBus = await startSmallBroker(listenAddresses.serviceBus, 'amqp1', authority, account, signal)
    const eventHub = await startSmallBroker(listenAddresses.eventHub, 'amqp091', authority, account, signal)
    return { kind: 'small', serviceBus, eventHub, ...account, notify: async () => undefined }
  }
  const { serviceBus, eventHub } = listenAddresses
  const tls = authority.issue({ names: [serviceBus.host, eventHub.host], addresses: [serviceBus.address] })
  const port = await startRabbitmq(home, { folder, tls, ...account }, programs)
  return {
    kind: 'rabbitmq',
    serviceBus: await startForwarder(serviceBus, port, signal),
    eventHub: await startForwarder(eventHub, port, signal),
    ...account,
    notify: async (text) => {
      const broker = { port, ca: authority.certificate, servername: eventHub.host, ...account }
      await publish(broker, '', queue, text)
      await publish(broker, exchange, 'notice', text)
    },
  }
}
