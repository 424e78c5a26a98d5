import { availableParallelism } from 'node:os'
import { startThread, type Thread } from '../../lib/thread.ts'
import type { Columns, Text } from '../store/block-columns.ts'
import type { PackedBlock } from '../store/packed-block.ts'
import type { PackThread } from './pack.thread.ts'

/** More threads than this wait for the one that reads. */
const maxThreads = 4

/** Threads that compress and sign blocks beside the one that reads a log. */
export class PackPool {
  readonly #threads: { readonly thread: Thread<PackThread>; pending: number }[] = Array.from(
    { length: Math.min(maxThreads, availableParallelism()) },
    () => ({ thread: startThread<PackThread>({ name: 'pack', from: import.meta.url, heapLimitMb: 128 }), pending: 0 }),
  )

  /** On the thread with the least to do. Throws THREAD_DIED, or the abort reason. */
  async pack(columns: Columns, text: Text, signal: AbortSignal): Promise<PackedBlock> {
    const chosen = this.#threads.reduce((least, each) => (each.pending < least.pending ? each : least))
    chosen.pending += 1
    try {
      return await chosen.thread.call('pack', { columns, text }, signal)
    } finally {
      chosen.pending -= 1
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ thread }) => thread.close()))
  }
}
