import { type Mutation, unit } from '../mutation.ts'

const peers = (file: string, title: string): Mutation['test'] => ({ project: 'peers', file, title })

/** What keeps a state from being shown as current while it is stale, and a cluster from being overrun. */
export const recovery: readonly Mutation[] = [
  {
    id: 'estimate-of-uninterrupted-steps',
    file: 'main/operations/durations.ts',
    find: ' || again !== undefined',
    replace: '',
    test: unit('main/operations/durations.test.ts', 'nothing, if it was interrupted'),
  },
  {
    id: 'helm-of-release',
    file: 'main/install/observe/orphaned-processes.ts',
    find: 'follows(/^(install|upgrade|uninstall)$/, name) && ',
    replace: '',
    test: unit('main/install/observe/orphaned-processes.test.ts', 'a command line is that of the helm'),
  },
  {
    id: 'steps-end-before-a-failure',
    file: 'main/lib/concurrency/in-dependency-order.ts',
    find: 'while (errors.length === 0 && ',
    replace: 'while (',
    test: unit('main/lib/concurrency/in-dependency-order.test.ts', 'begin no more after an error'),
  },
  {
    id: 'derived-needs',
    file: 'main/install/plan/release-order.ts',
    find: ' || dependsOn(release, earlier)',
    replace: '',
    test: unit('main/install/plan/order.test.ts', 'the earlier releases that a release waits for'),
  },
  {
    id: 'watch-overtime',
    file: 'main/lib/kubernetes/watch.ts',
    find: 'AbortSignal.any([signal, limit.signal])',
    replace: 'AbortSignal.any([signal])',
    test: unit('main/lib/kubernetes/watch.slow.test.ts', 'replaces a watch that outlives its time'),
  },
  {
    id: 'watch-retry-after',
    file: 'main/lib/kubernetes/watch.ts',
    find: 'retryAfterMs = recovery.retryAfterMs',
    replace: 'retryAfterMs = 0 * recovery.retryAfterMs',
    test: unit('main/lib/kubernetes/watch.slow.test.ts', 'waits as long as the API server wants'),
  },
  {
    id: 'watch-continues-after-reset',
    file: 'main/lib/kubernetes/watch.ts',
    find: 'if (recovery.listsAgain) at.version = undefined',
    replace: 'at.version = undefined',
    test: unit('main/lib/kubernetes/watch.slow.test.ts', 'continues from the same version after a reset'),
  },
  {
    id: 'watch-lists-again-when-expired',
    file: 'main/lib/kubernetes/watch.ts',
    find: 'if (recovery.listsAgain) at.version = undefined',
    replace: 'if (recovery.listsAgain && at.failures > 1_000) at.version = undefined',
    test: unit('main/lib/kubernetes/watch.slow.test.ts', 'lists again after any other refusal'),
  },
  {
    id: 'streams-apart-from-requests',
    file: 'main/lib/kubernetes/transport.ts',
    find: 'const dispatcher = options.isStream ? streams : requests',
    replace: 'const dispatcher = options.isStream && streams === requests ? streams : requests',
    test: unit('main/lib/kubernetes/watch.slow.test.ts', 'leave connections for requests, however many'),
  },
  {
    id: 'half-open-connection-of-watches',
    file: 'main/lib/kubernetes/multiplexed-streams.ts',
    find: 'const limit = setTimeout(() => this.#session.destroy(unanswered()), pingLimitMs).unref()',
    replace: 'const limit = setTimeout(unanswered, pingLimitMs).unref()',
    test: peers('test/clusters/many-collections.test.ts', 'live again after they were half-open'),
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
    test: unit('main/workloads/follow-plane-live.slow.test.ts', 'reports no problem where the user cannot read'),
  },
  {
    id: 'plane-bound-to-its-cluster',
    file: 'main/lib/kubernetes/cluster-uid.ts',
    find: 'if (clusterUid === undefined || uid === undefined || uid === clusterUid) return',
    replace: 'if (clusterUid === undefined || uid !== clusterUid || uid === clusterUid) return',
    test: unit('main/planes/planes.test.ts', 'stay bound to the cluster that they are installed on'),
  },
  {
    id: 'overtaken-operation-is-closed',
    file: 'main/operations/entries.ts',
    find: 'return closeOvertaken(toView(entry, this.#usual(entry)), overtakenBy(entry.header, headers))',
    replace:
      'return closeOvertaken(toView(entry, this.#usual(entry)), headers.length < 0 ? overtakenBy(entry.header, headers) : undefined)',
    test: unit('main/operations/operations.slow.test.ts', 'closes what a newer operation of the plane has overtaken'),
  },
  {
    id: 'damaged-record-is-rebuilt-with-consent',
    file: 'main/install/steps/next-action.ts',
    find: "return goal.mayUndo ? { kind: 'rebuild' } : { kind: 'unclear' }",
    replace: "return { kind: 'rebuild' }",
    test: unit('main/install/steps/next-action.test.ts', ', agreed '),
  },
  {
    id: 'large-record-is-not-damaged',
    file: 'main/install/observe/releases.ts',
    find: "error instanceof Problem || (error instanceof Error && Reflect.get(error, 'code') === 'ERR_BUFFER_TOO_LARGE')",
    replace: "error instanceof Problem && Reflect.get(error, 'code') === 'ERR_BUFFER_TOO_LARGE'",
    test: unit('main/install/observe/releases.test.ts', 'is damaged, unless only the limits forbid to read it'),
  },
  {
    id: 'finalizer-of-kubernetes-stays',
    file: 'main/install/observe/blocked-deletions.ts',
    find: 'const unserved = finalizers.filter((finalizer) => !isBuiltIn(finalizer))',
    replace: "const unserved = finalizers.filter((finalizer) => finalizer !== '' || !isBuiltIn(finalizer))",
    test: unit('main/install/observe/blocked-deletions.test.ts', 'an object that is being deleted is blocked by'),
  },
]
