import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SourceCollection } from '../../../preload/contract/logs.ts'
import { writeAtomically } from '../../lib/files.ts'
import type { SourceProgress } from './collector.ts'

const fileName = 'collection.json'

/** What one process collects, for the status in any other one. It has no log line, and no key opens or protects it. */
const Published = z.strictObject({
  /** The operation that collects: what an earlier one has left is out of date. */
  operation: z.uuid(),
  sources: z.record(z.string(), SourceCollection),
})

/** Written beside the store with each change. A failure to write it does not end the collection. */
export class PublishedStates {
  readonly #file: string
  readonly #operation: string
  #text = ''

  constructor(folder: string, operation: string) {
    this.#file = join(folder, fileName)
    this.#operation = operation
  }

  async publish(progress: readonly SourceProgress[]): Promise<void> {
    const sources = Object.fromEntries(progress.map(({ source, collection }) => [source, collection]))
    const published: z.infer<typeof Published> = { operation: this.#operation, sources }
    const text = JSON.stringify(published)
    if (text === this.#text) return
    this.#text = text
    await writeAtomically(this.#file, text).catch(() => undefined)
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true }).catch(() => undefined)
  }
}

/** The states of that operation by source; empty where it has published none yet. */
export async function readPublished(folder: string, operation: string): Promise<ReadonlyMap<string, SourceCollection>> {
  const text = await readFile(join(folder, fileName), 'utf8').catch(() => '')
  const published = Published.safeParse(jsonOf(text))
  const isCurrent = published.success && published.data.operation === operation
  return new Map(isCurrent ? Object.entries(published.data.sources) : [])
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
