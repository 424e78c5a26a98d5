import type { Dispatcher } from 'undici'
import type { Credential } from './credentials.ts'
import { openDispatcher } from './dispatcher.ts'
import type { ClusterEntry } from './kubeconfig-entries.ts'

/** The connections to one API server, opened when first needed and again when the client certificate changes. */
export class ConnectionPool {
  readonly #cluster: ClusterEntry
  readonly #proxy: string | undefined
  #current: { readonly credential: Credential; readonly dispatcher: Dispatcher } | undefined
  #opening: Promise<unknown> = Promise.resolve()

  constructor(cluster: ClusterEntry, proxy: string | undefined) {
    this.#cluster = cluster
    this.#proxy = proxy
  }

  /** Opens one at a time. Connections with a replaced certificate close when their requests have ended. */
  dispatcherFor(credential: Credential): Promise<Dispatcher> {
    const next = this.#opening.then(async () => {
      const current = this.#current
      if (current !== undefined && hasSameCertificate(current.credential, credential)) return current.dispatcher
      const dispatcher = await openDispatcher(this.#cluster, credential, this.#proxy)
      void current?.dispatcher.close()
      this.#current = { credential, dispatcher }
      return dispatcher
    })
    this.#opening = next.catch(() => undefined)
    return next
  }

  async destroy(): Promise<void> {
    await this.#opening
    await this.#current?.dispatcher.destroy()
  }
}

const hasSameCertificate = (a: Credential, b: Credential): boolean => a.certificate === b.certificate && a.key === b.key
