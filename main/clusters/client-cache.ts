import { createHash } from 'node:crypto'
import type { KubernetesClient } from '../lib/kubernetes/client.ts'

interface Opened {
  readonly fingerprint: string
  readonly client: Promise<KubernetesClient>
}

/** One client per context, shared; a new one once what it was opened for has changed. */
export class ClientCache {
  readonly #current = new Map<string, Opened>()
  /** Replaced clients: their users may still need them. */
  readonly #retired: Opened[] = []

  /** A client that could not be opened is not kept. */
  async get(contextId: string, of: unknown, open: () => Promise<KubernetesClient>): Promise<KubernetesClient> {
    const fingerprint = createHash('sha256').update(JSON.stringify(of)).digest('hex')
    const previous = this.#current.get(contextId)
    if (previous?.fingerprint === fingerprint) return await previous.client
    if (previous !== undefined) this.#retired.push(previous)
    const opened = { fingerprint, client: open() }
    this.#current.set(contextId, opened)
    opened.client.catch(() => {
      if (this.#current.get(contextId) === opened) this.#current.delete(contextId)
    })
    return await opened.client
  }

  async close(): Promise<void> {
    const all = [...this.#current.values(), ...this.#retired]
    this.#current.clear()
    await Promise.allSettled(all.map(async ({ client }) => (await client).close()))
  }
}
