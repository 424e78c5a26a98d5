import type { ClusterConnection } from './client.ts'

/** A connection that a thread uses for long, until what the user has allowed for its context changes. */
export class HeldConnection {
  readonly #find: () => Promise<ClusterConnection>
  #connection: ClusterConnection | undefined
  #ended = new AbortController()

  /** `find` throws CONSENT_NEEDED where the user has not allowed what the context demands. */
  constructor(find: () => Promise<ClusterConnection>) {
    this.#find = find
  }

  /** Finds the connection again. Its signal aborts with the given one, or once the connection has to be found again. */
  async renew(signal: AbortSignal): Promise<{ readonly connection: ClusterConnection; readonly until: AbortSignal }> {
    const ended = new AbortController()
    this.#ended = ended
    this.#connection = undefined
    const connection = await this.#find()
    this.#connection = connection
    return { connection, until: AbortSignal.any([signal, ended.signal]) }
  }

  /** Aborts once the connection has to be found again, also where none was found. */
  get ended(): AbortSignal {
    return this.#ended.signal
  }

  /** Ends the connection if another one would be found now, or none. */
  async recheck(): Promise<void> {
    const ended = this.#ended
    const now = await this.#find().catch(() => undefined)
    if (JSON.stringify(now) !== JSON.stringify(this.#connection)) ended.abort()
  }
}
