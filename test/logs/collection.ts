import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { stringify } from 'yaml'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { collect, type SourceProgress } from '../../main/logs/collect/collector.ts'
import type { CollectPorts } from '../../main/logs/collect/container.ts'
import type { Batch } from '../../main/logs/store/batch.ts'
import type { Bookmark } from '../../main/logs/store/bookmark.ts'
import type { LogSource } from '../../preload/contract/profiles.ts'

const source: LogSource = {
  id: 'orders',
  title: 'Orders',
  component: 'orders',
  namespace: 'n',
  selector: 'app=orders',
  format: 'plain',
}

/** A store in memory, which keeps records and bookmarks together, and the collections that write to it. */
export class Collection {
  readonly #folder: string
  readonly batches: Batch[] = []
  progress: SourceProgress | undefined
  /** Called before a batch is stored; what it returns holds the stream back. */
  beforeAppend: (batch: Batch) => void | Promise<void> = () => undefined
  #stop: (() => Promise<void>) | undefined
  #life = 0

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async at(server: string): Promise<Collection> {
    const folder = await mkdtemp(join(tmpdir(), 'hangar-collection-'))
    const config = {
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    }
    await writeFile(join(folder, 'config'), stringify(config))
    return new Collection(folder)
  }

  async start(ports: Partial<CollectPorts> = {}): Promise<void> {
    const client = await openCluster({ files: [join(this.#folder, 'config')], contextName: 'c', environment: {} })
    const stop = new AbortController()
    this.#life += 1
    const life = this.#life
    const all: CollectPorts = {
      client,
      bookmark: (stream) => this.bookmark(stream),
      append: async (batch) => {
        await this.beforeAppend(batch)
        // A killed process stores nothing more.
        if (life === this.#life) this.batches.push(batch)
      },
      ...ports,
    }
    const ended = collect(
      [source],
      all,
      (progress) => {
        this.progress = progress
      },
      stop.signal,
    )
    this.#stop = async () => {
      stop.abort()
      await ended
      await client.close()
    }
  }

  /** As an app that is quit: what was read is stored. */
  async stop(): Promise<void> {
    await this.#stop?.()
    this.#stop = undefined
  }

  /** As an app that is killed: what was read and not stored is lost. */
  async kill(): Promise<void> {
    this.#life += 1
    await this.stop()
  }

  async close(): Promise<void> {
    await this.stop()
    await rm(this.#folder, { recursive: true })
  }

  bookmark(stream: string): Bookmark | undefined {
    return this.batches.findLast((batch) => batch.stream === stream)?.bookmark
  }

  /** The stored texts in order of arrival; a gap record as "gap". Those of one container, if it is named. */
  raws(container?: string): string[] {
    return this.batches
      .flatMap(({ records }) => records)
      .filter((record) => container === undefined || record.container === container)
      .map(({ parser, raw }) => (parser === 'gap' ? 'gap' : raw))
  }

  /** The texts of the gap records. */
  gaps(): string[] {
    const records = this.batches.flatMap((batch) => batch.records)
    return records.filter(({ parser }) => parser === 'gap').map(({ raw }) => raw)
  }

  /** Waits until the condition holds; then a moment longer, in which nothing else must arrive. */
  async until(condition: () => boolean, limitMs = 20_000): Promise<void> {
    const end = performance.now() + limitMs
    while (!condition()) {
      if (performance.now() > end)
        throw new Error(`Not within ${limitMs} ms: ${condition}. Stored: ${this.raws().slice(-20)}`)
      await delay(10)
    }
  }

  /** Waits until this text is stored. */
  async has(text: string, limitMs?: number): Promise<void> {
    await this.until(() => this.raws().includes(text), limitMs)
  }
}
