import type { LogSource } from '../../../preload/contract/profiles.ts'
import type { ClusterConnection, KubernetesClient } from '../../lib/kubernetes/client.ts'
import { openCluster } from '../../lib/kubernetes/open.ts'
import { podsOf } from './containers.ts'

/** A client that is not used for so long is closed. */
const idleMs = 60_000
/** Pods that were listed longer ago are listed again. */
const podsMs = 30_000
/** The files of a kubeconfig are read again for a client of this age: they may demand other consent by then. */
const longestMs = 300_000

interface Held {
  readonly client: KubernetesClient
  readonly openedMs: number
  pods:
    | { readonly of: string; readonly listedMs: number; readonly names: Awaited<ReturnType<typeof podsOf>> }
    | undefined
  users: number
  isDropped: boolean
  timer: NodeJS.Timeout | undefined
}

/** One use of a client. */
export interface EngineConnection {
  readonly client: KubernetesClient
  /** Names of the pods of each source, at most 30 s old. */
  pods(sources: readonly LogSource[], signal: AbortSignal): ReturnType<typeof podsOf>
  /** `failed`: the client is not used again. */
  release(how: 'done' | 'failed'): void
}

/** Keeps the client of a cluster for a while, as somebody who searches an engine asks it again and again. */
export class EngineConnections {
  readonly #open: (connection: ClusterConnection) => Promise<KubernetesClient>
  readonly #held = new Map<string, Held>()

  constructor(open: (connection: ClusterConnection) => Promise<KubernetesClient> = openCluster) {
    this.#open = open
  }

  /** A connection with another permit or other files is another one. Throws as `openCluster`. */
  async use(connection: ClusterConnection): Promise<EngineConnection> {
    const key = JSON.stringify(connection)
    const held = this.#usable(key) ?? (await this.#opened(key, connection))
    clearTimeout(held.timer)
    held.users += 1
    let isReleased = false
    return {
      client: held.client,
      pods: async (sources, signal) => {
        const of = JSON.stringify(sources)
        if (held.pods?.of !== of || performance.now() - held.pods.listedMs > podsMs)
          held.pods = { of, listedMs: performance.now(), names: await podsOf(held.client, sources, signal) }
        return held.pods.names
      },
      release: (how) => {
        if (isReleased) return
        isReleased = true
        held.users -= 1
        if (how === 'failed') this.#drop(key, held)
        this.#rest(key, held)
      },
    }
  }

  #usable(key: string): Held | undefined {
    const held = this.#held.get(key)
    if (held === undefined || performance.now() - held.openedMs < longestMs) return held
    this.#drop(key, held)
    this.#rest(key, held)
    return undefined
  }

  async #opened(key: string, connection: ClusterConnection): Promise<Held> {
    const client = await this.#open(connection)
    const held: Held = {
      client,
      openedMs: performance.now(),
      pods: undefined,
      users: 0,
      isDropped: false,
      timer: undefined,
    }
    const other = this.#held.get(key)
    if (other !== undefined) {
      this.#drop(key, other)
      this.#rest(key, other)
    }
    this.#held.set(key, held)
    return held
  }

  #drop(key: string, held: Held): void {
    held.isDropped = true
    if (this.#held.get(key) === held) this.#held.delete(key)
  }

  #rest(key: string, held: Held): void {
    if (held.users > 0) return
    clearTimeout(held.timer)
    if (held.isDropped) {
      void held.client.close()
      return
    }
    held.timer = setTimeout(() => {
      this.#drop(key, held)
      void held.client.close()
    }, idleMs)
    held.timer.unref()
  }
}
