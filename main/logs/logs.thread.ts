import { setTimeout as delay } from 'node:timers/promises'
import type { LogQuery, LogRecord } from '../../preload/contract/logs.ts'
import type { LogSource } from '../../preload/contract/profiles.ts'
import type { ClusterConnection } from '../lib/kubernetes/client.ts'
import { openCluster } from '../lib/kubernetes/open.ts'
import { serveThread } from '../lib/thread/serve.ts'
import { collect, type SourceProgress } from './collect/collector.ts'
import type { HistogramRow } from './store/partition.ts'
import { compileQuery, matches } from './store/query.ts'
import { toLogRecord } from './store/record.ts'
import type { Found } from './store/search.ts'
import { LogStore } from './store/store.ts'

/** Which store, and what opens it. The key stays in this thread's memory and is in no answer. */
export interface StorePlace {
  readonly folder: string
  readonly key: Uint8Array
}

const progressMs = 250
const followMs = 250
const followRecords = 1_000

type Summary = ReturnType<LogStore['summary']>
const empty: Summary = { records: 0, rawBytes: 0, storedBytes: 0, oldest: null, newest: null, sources: new Map() }

/** One use of a store for reading. What is not there yet is empty, not an error. */
function reading<T>({ folder, key }: StorePlace, otherwise: T, read: (store: LogStore) => T): T {
  const store = LogStore.reading(folder, Buffer.from(key))
  if (store === undefined) return otherwise
  try {
    return read(store)
  } finally {
    store.close()
  }
}

const api = {
  calls: {
    summary: async (place: StorePlace): Promise<Summary> => reading(place, empty, (store) => store.summary()),
    histogram: async (place: StorePlace): Promise<HistogramRow[]> => reading(place, [], (store) => store.histogram()),
  },
  streams: {
    async *search(
      { place, query }: { place: StorePlace; query: LogQuery },
      signal: AbortSignal,
    ): AsyncGenerator<Found> {
      const store = LogStore.reading(place.folder, Buffer.from(place.key))
      if (store === undefined) {
        yield { kind: 'done', blocksRead: 0, blocksSkipped: 0, elapsedMs: 0, more: false }
        return
      }
      try {
        yield* store.search(query, signal)
      } finally {
        store.close()
      }
    },

    /** What arrives from now on, whichever process collects it. */
    async *follow(
      { place, query }: { place: StorePlace; query: LogQuery },
      signal: AbortSignal,
    ): AsyncGenerator<LogRecord[]> {
      const compiled = compileQuery(query)
      let last = reading(place, -1, (store) => store.lastSeq())
      for (;;) {
        await delay(followMs, undefined, { signal })
        const arrived = reading(place, [], (store) => store.after(last, followRecords))
        last = arrived.at(-1)?.seq ?? last
        const found = arrived.filter((record) => matches(compiled, record))
        if (found.length > 0) yield found.map(toLogRecord)
      }
    },

    /** Collects until it is left. Yields how each source stands, at most four times a second. */
    async *collect(
      {
        place,
        connection,
        sources,
      }: { place: StorePlace; connection: ClusterConnection; sources: readonly LogSource[] },
      signal: AbortSignal,
    ): AsyncGenerator<SourceProgress[]> {
      const stop = new AbortController()
      const until = AbortSignal.any([signal, stop.signal])
      const client = await openCluster(connection)
      const store = LogStore.writing(place.folder, Buffer.from(place.key))
      const progress = new Map<string, SourceProgress>()
      let changed = true
      const ports = { client, bookmark: store.bookmark.bind(store), append: store.append.bind(store) }
      const collecting = collect(
        sources,
        ports,
        (each) => {
          progress.set(each.source, each)
          changed = true
        },
        until,
      )
      const ended = collecting.finally(() => stop.abort())
      ended.catch(() => undefined) // awaited below
      try {
        while (!until.aborted) {
          if (changed) {
            changed = false
            yield [...progress.values()]
          }
          await delay(progressMs, undefined, { signal: until }).catch(() => undefined)
        }
        await ended
      } finally {
        stop.abort()
        await ended.catch(() => undefined) // its failure has been thrown above
        store.close()
        await client.close()
      }
    },
  },
}

export type LogsThread = typeof api

serveThread(api)
