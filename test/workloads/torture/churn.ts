import { setTimeout as delay } from 'node:timers/promises'
import type { KubernetesClient } from '../../../main/lib/kubernetes/client.ts'
import { isNotFound } from '../../../main/lib/kubernetes/failure.ts'
import type { KubernetesObject } from '../../../main/lib/kubernetes/resources.ts'
import { collectionPath, type TorturedKind } from './kinds.ts'
import { pick } from './random.ts'

/** What was written to one object: each number, and when the API server had stored it. */
interface Written {
  readonly path: string
  readonly writes: { readonly number: number; readonly atMs: number }[]
  deletedAtMs?: number
}

/** Writes numbered states to objects, and knows which number a current view shows. */
export class Churn {
  readonly #client: KubernetesClient
  readonly #kinds: readonly TorturedKind[]
  readonly #namespaces: readonly string[]
  readonly #random: () => number
  readonly #written = new Map<string, Written>()
  #number = 0

  constructor(
    client: KubernetesClient,
    kinds: readonly TorturedKind[],
    namespaces: readonly string[],
    random: () => number,
  ) {
    this.#client = client
    this.#kinds = kinds
    this.#namespaces = namespaces
    this.#random = random
  }

  get writes(): number {
    return this.#number
  }

  async create(kind: TorturedKind, namespace: string, signal: AbortSignal): Promise<void> {
    this.#number += 1
    const name = `${kind.kind.toLowerCase()}-${this.#number}`
    const body = {
      apiVersion: `${kind.group}/${kind.version}`,
      kind: kind.kind,
      metadata: { name, namespace },
      spec: { interval: '1h' },
    }
    const path = collectionPath(kind, namespace)
    const { metadata } = await this.#client.request<KubernetesObject>('POST', path, { body }, signal)
    const written = { path: `${path}/${name}`, writes: [] }
    this.#written.set(metadata.uid ?? '', written)
    await this.#write(written, signal)
  }

  /**
   * One change of one object: mostly an update, sometimes a deletion or a new one. Waits while the API server is down, and
   * leaves its work when the signal aborts.
   */
  async step(signal: AbortSignal): Promise<void> {
    const [kind, namespace] = [pick(this.#kinds, this.#random), pick(this.#namespaces, this.#random)]
    const written = pick(
      [...this.#written.values()].filter(({ deletedAtMs }) => deletedAtMs === undefined),
      this.#random,
    )
    const chance = this.#random()
    try {
      if (chance < 0.08 && kind !== undefined && namespace !== undefined) await this.create(kind, namespace, signal)
      else if (chance < 0.14 && written !== undefined) await this.#delete(written, signal)
      else if (written !== undefined) await this.#write(written, signal)
    } catch {
      await delay(200, undefined, { signal }).catch(() => undefined)
    }
  }

  /** Writes to every object. */
  async writeAll(signal: AbortSignal): Promise<void> {
    for (const written of this.#written.values())
      if (written.deletedAtMs === undefined) await this.#write(written, signal)
  }

  async #write(written: Written, signal: AbortSignal): Promise<void> {
    this.#number += 1
    const number = this.#number
    const condition = {
      type: 'Ready',
      status: 'False',
      reason: 'Tortured',
      message: messageOf(number),
      lastTransitionTime: new Date().toISOString(),
    }
    const options = {
      body: { status: { observedGeneration: 1, conditions: [condition] } },
      contentType: 'application/merge-patch+json',
    }
    await this.#client.request('PATCH', `${written.path}/status`, options, signal)
    written.writes.push({ number, atMs: Date.now() })
  }

  async #delete(written: Written, signal: AbortSignal): Promise<void> {
    await this.#client.request('DELETE', written.path, {}, signal).catch((error: unknown) => {
      if (!isNotFound(error)) throw error
    })
    written.deletedAtMs = Date.now()
  }

  /** For how long a view that shows this of an object has been out of date; 0 if it is current. */
  staleMs(uid: string, reason: string, nowMs: number): number {
    const written = this.#written.get(uid)
    const shown = numberOf(reason)
    if (written === undefined || shown === undefined) return 0
    const missed = written.writes.find(({ number }) => number > shown)?.atMs ?? written.deletedAtMs
    return missed === undefined ? 0 : nowMs - missed
  }
}

const messageOf = (number: number): string => `write ${number}.`

/** The number that a reason or an object contains. */
export function numberOf(text: string): number | undefined {
  const found = /write (\d+)\./.exec(text)
  return found === null ? undefined : Number(found[1])
}
