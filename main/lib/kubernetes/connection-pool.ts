import type { Dispatcher } from 'undici'
import type { Credential } from './credentials.ts'
import { openDispatcher, tlsOptions } from './dispatcher.ts'
import type { ClusterEntry } from './kubeconfig-entries.ts'
import { MultiplexedStreams } from './multiplexed-streams.ts'

/** Requests that run at once; more wait for a free connection. */
const requestConnections = 32
/** Watches and followed logs hold a connection each for as long as they run; more than this at once is a leak. */
export const streamConnections = 256

/** Streams have connections of their own: however many are open, a request finds a free one. */
export interface Connections {
  readonly requests: Dispatcher
  /** Undefined behind a proxy: its tunnels are those of undici. */
  readonly multiplexed: MultiplexedStreams | undefined
  /** Where the API server does not speak HTTP/2. */
  readonly streams: Dispatcher
}

/** The connections to one API server, opened when first needed and again when the client certificate changes. */
export class ConnectionPool {
  readonly #cluster: ClusterEntry
  readonly #proxy: string | undefined
  #current: { readonly credential: Credential; readonly connections: Connections } | undefined
  #opening: Promise<unknown> = Promise.resolve()

  constructor(cluster: ClusterEntry, proxy: string | undefined) {
    this.#cluster = cluster
    this.#proxy = proxy
  }

  /** Opens one at a time. Connections with a replaced certificate close when their requests have ended. */
  connectionsFor(credential: Credential): Promise<Connections> {
    const next = this.#opening.then(async () => {
      const current = this.#current
      if (current !== undefined && hasSameCertificate(current.credential, credential)) return current.connections
      const open = (limit: number) => openDispatcher(this.#cluster, credential, this.#proxy, limit)
      const isMultiplexed = this.#proxy === undefined && this.#cluster.server.startsWith('https:')
      const connections = {
        requests: await open(requestConnections),
        streams: await open(streamConnections),
        multiplexed: isMultiplexed
          ? new MultiplexedStreams(new URL(this.#cluster.server), await tlsOptions(this.#cluster, credential))
          : undefined,
      }
      current?.connections.multiplexed?.retire()
      for (const old of dispatchersOf(current?.connections)) void old.close()
      this.#current = { credential, connections }
      return connections
    })
    this.#opening = next.catch(() => undefined)
    return next
  }

  async destroy(): Promise<void> {
    await this.#opening
    this.#current?.connections.multiplexed?.destroy()
    await Promise.all(dispatchersOf(this.#current?.connections).map((dispatcher) => dispatcher.destroy()))
  }
}

const dispatchersOf = (connections: Connections | undefined): readonly Dispatcher[] =>
  connections === undefined ? [] : [connections.requests, connections.streams]

const hasSameCertificate = (a: Credential, b: Credential): boolean => a.certificate === b.certificate && a.key === b.key
