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

  /** Begins an attempt. Its signal aborts once the connection has to be found again, also where none was found. */
  begin(): AbortSignal {
    this.#ended = new AbortController()
    this.#connection = undefined
    return this.#ended.signal
  }

  /** The connection of this attempt. */
  async find(): Promise<ClusterConnection> {
    this.#connection = await this.#find()
    return this.#connection
  }

  /** Ends the attempt if another connection would be found now, or none. */
  async recheck(): Promise<void> {
    const ended = this.#ended
    const now = await this.#find().catch(() => undefined)
    if (JSON.stringify(now) !== JSON.stringify(this.#connection)) ended.abort()
  }
}
