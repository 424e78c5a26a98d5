import { serveThread } from '../../main/lib/thread/serve.ts'
import type { WatcherEvent } from '../../main/workloads/follow-plane.ts'
import type { WatcherApi } from '../../main/workloads/watcher.thread.ts'

const blockedMs = 1_500

/** Reports a state, then stops like a process that received SIGSTOP, then continues. */
serveThread({
  calls: {
    events: async () => [],
    object: async () => null,
    lastKnown: async () => undefined,
    settled: async () => undefined,
  },
  streams: {
    async *watch(): AsyncGenerator<WatcherEvent> {
      yield { kind: 'state', asOf: '2026-01-01T00:00:00Z', components: [], objects: [] }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockedMs)
      yield { kind: 'delta', asOf: '2026-01-01T00:01:00Z', components: [], changed: [], removed: [] }
      await Promise.withResolvers<never>().promise
    },
  },
} satisfies WatcherApi)
