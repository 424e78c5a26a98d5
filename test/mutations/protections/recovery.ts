import type { Mutation } from '../mutation.ts'

const unit = (file: string, title: string): Mutation['test'] => ({ project: 'unit', file, title })

/** What keeps a state from being shown as current while it is stale, and a cluster from being overrun. */
export const recovery: readonly Mutation[] = [
  {
    id: 'watch-overtime',
    file: 'main/lib/kubernetes/watch.ts',
    find: 'AbortSignal.any([signal, limit.signal])',
    replace: 'AbortSignal.any([signal])',
    test: unit('main/lib/kubernetes/watch.test.ts', 'replaces a watch that outlives its time'),
  },
  {
    id: 'watch-retry-after',
    file: 'main/lib/kubernetes/watch.ts',
    find: 'retryAfterMs = recovery.retryAfterMs',
    replace: 'retryAfterMs = 0 * recovery.retryAfterMs',
    test: unit('main/lib/kubernetes/watch.test.ts', 'waits as long as the API server wants'),
  },
  {
    id: 'watch-continues-after-reset',
    file: 'main/lib/kubernetes/watch.ts',
    find: 'if (recovery.listsAgain) at.version = undefined',
    replace: 'at.version = undefined',
    test: unit('main/lib/kubernetes/watch.test.ts', 'continues from the same version after a reset'),
  },
  {
    id: 'watch-lists-again-when-expired',
    file: 'main/lib/kubernetes/watch.ts',
    find: 'if (recovery.listsAgain) at.version = undefined',
    replace: 'if (recovery.listsAgain && at.failures > 1_000) at.version = undefined',
    test: unit('main/lib/kubernetes/watch.test.ts', 'lists again after any other refusal'),
  },
  {
    id: 'streams-apart-from-requests',
    file: 'main/lib/kubernetes/transport.ts',
    find: 'const dispatcher = options.isStream ? streams : requests',
    replace: 'const dispatcher = options.isStream && streams === requests ? streams : requests',
    test: unit('main/lib/kubernetes/watch.test.ts', 'leave connections for requests, however many'),
  },
  {
    id: 'half-open-connection-of-watches',
    file: 'main/lib/kubernetes/multiplexed-streams.ts',
    find: 'const limit = setTimeout(() => this.#session.destroy(unanswered()), pingLimitMs).unref()',
    replace: 'const limit = setTimeout(unanswered, pingLimitMs).unref()',
    test: unit('main/workloads/many-collections.test.ts', 'live again after they were half-open'),
  },
  {
    id: 'silent-watcher-is-stale',
    file: 'main/workloads/plane-state.ts',
    find: 'const silence = setTimeout(() => this.#endSilent(silentMs), silentMs)',
    replace: 'const silence = setTimeout(() => silentMs > 0 || this.#endSilent(silentMs), silentMs)',
    test: unit('main/workloads/plane-state.test.ts', 'is stale, with its time'),
  },
  {
    id: 'unpermitted-optional-kind',
    file: 'main/workloads/follow-kind.ts',
    find: "  else if (target.isOptional && code === 'CLUSTER_FORBIDDEN') cluster.listed(target, new Set(), performance.now())\n",
    replace: '',
    test: unit('main/workloads/follow-plane-live.test.ts', 'reports no problem where the user cannot read'),
  },
]
