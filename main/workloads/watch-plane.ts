import { setTimeout as delay } from 'node:timers/promises'
import { type ProblemReport, reportProblem } from '../../preload/contract/problem.ts'
import type { Component } from '../../preload/contract/profiles.ts'
import type { ComponentStatus, ObjectStatus } from '../../preload/contract/workloads.ts'
import { Changes } from '../lib/changes.ts'
import type { ClusterConnection } from '../lib/kubernetes/client.ts'
import { openCluster } from '../lib/kubernetes/open.ts'
import { Board } from './board.ts'
import { keepLastKnown } from './last-known.ts'
import { follow } from './session.ts'
import type { WatchPlan } from './watch-plan.ts'

export interface WatchInput {
  readonly connection: ClusterConnection
  readonly components: readonly Component[]
  readonly plan: WatchPlan
  /** Where the last known state is kept. */
  readonly file: string
}

/** A `state` follows each connection once all is listed, a `lost` each end of one. */
export type WatcherEvent =
  | {
      readonly kind: 'state'
      readonly asOf: string
      readonly components: ComponentStatus[]
      readonly objects: ObjectStatus[]
      readonly problem?: ProblemReport
    }
  | {
      readonly kind: 'delta'
      readonly asOf: string
      readonly components: ComponentStatus[]
      readonly changed: ObjectStatus[]
      readonly removed: string[]
      readonly problem?: ProblemReport
    }
  | { readonly kind: 'lost'; readonly at: string; readonly problem: ProblemReport }

/** At most five a second from here; the window's own pace is slower. */
const leastBetweenMs = 200
/** With nothing else to tell, that the state still holds is told this often. */
const confirmEveryMs = 10_000
/** A crash loses no more than this of the last known state, and no more than that of its age. */
const keepEveryMs = 5_000
const keepAgeEveryMs = 30_000
const firstRetryMs = 500
const longestRetryMs = 3_000
/** What a person has to mend first is asked for more rarely: each try may run a credential program. */
const mendRetryMs = 15_000
/** These pass without anybody's help. */
const passing = new Set(['CLUSTER_UNREACHABLE', 'CLUSTER_BUSY', 'TIMED_OUT', 'CLUSTER_REFUSED'])

export function retryMs(failures: number, code: string): number {
  if (!passing.has(code) && failures > 1) return mendRetryMs
  return Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1))
}

interface Progress {
  phase: 'connecting' | 'live' | 'lost'
  /** Whether the whole state was told since everything was last listed. */
  isStateTold: boolean
  isLossTold: boolean
  asOf: string | undefined
  toldAsOfMs: number
  lost: { readonly at: string; readonly problem: ProblemReport } | undefined
  unreadable: Map<string, ProblemReport>
  keepProblem: ProblemReport | undefined
}

/** Follows one plane until the signal aborts, through every loss of the connection. Ends without throwing. */
export async function* watchPlane(input: WatchInput, signal: AbortSignal): AsyncGenerator<WatcherEvent> {
  const { components, plan } = input
  const board = new Board(components, plan.namespaces, plan.unfollowed)
  const changes = new Changes()
  const progress: Progress = {
    phase: 'connecting',
    isStateTold: false,
    isLossTold: false,
    asOf: undefined,
    toldAsOfMs: 0,
    lost: undefined,
    unreadable: new Map(),
    keepProblem: undefined,
  }
  const stop = new AbortController()
  const until = AbortSignal.any([signal, stop.signal])
  const kept = new Kept(input.file, board, progress)
  const work = Promise.allSettled([
    keepFollowing(input, board, progress, changes, until),
    keepRechecking(board, changes, until),
    kept.keepKeeping(until),
  ])
  try {
    for await (const _ of changes.watch(leastBetweenMs, until)) {
      const event = tell(board, progress, Date.now())
      if (event === undefined) continue
      if (event.kind !== 'lost') kept.mark()
      yield event
    }
  } finally {
    stop.abort()
    await work
    await kept.keep()
  }
}

/** What is to be told now, if anything. */
function tell(board: Board, progress: Progress, nowMs: number): WatcherEvent | undefined {
  if (progress.phase === 'lost' && !progress.isLossTold && progress.lost !== undefined) {
    progress.isLossTold = true
    return { kind: 'lost', ...progress.lost }
  }
  const { asOf } = progress
  if (progress.phase !== 'live' || asOf === undefined) return undefined
  const isOld = nowMs - progress.toldAsOfMs >= confirmEveryMs
  if (progress.isStateTold && !board.isDirty && !isOld) return undefined
  progress.toldAsOfMs = nowMs
  const problem = progress.unreadable.values().next().value ?? progress.keepProblem
  const delta = board.take()
  if (progress.isStateTold) return { kind: 'delta', asOf, ...delta, problem }
  progress.isStateTold = true
  return { kind: 'state', asOf, components: delta.components, objects: board.objects(), problem }
}

/** A loss that goes on is told once, unless its reason changes. */
function lose(progress: Progress, problem: ProblemReport): void {
  if (progress.phase !== 'lost' || progress.lost?.problem.message !== problem.message) {
    progress.lost = { at: new Date().toISOString(), problem }
    progress.isLossTold = false
  }
  progress.phase = 'lost'
}

async function keepFollowing(
  { connection, plan }: WatchInput,
  board: Board,
  progress: Progress,
  changes: Changes,
  signal: AbortSignal,
): Promise<never> {
  for (let failures = 1; ; failures += 1) {
    try {
      const client = await openCluster(connection)
      try {
        await follow(client, plan.targets, observe(board, progress, changes), signal)
      } finally {
        await client.close()
      }
    } catch (error) {
      signal.throwIfAborted()
      if (progress.phase === 'live') failures = 1
      const problem = reportProblem(error)
      lose(progress, problem)
      changes.notify()
      await delay(retryMs(failures, problem.code), undefined, { signal })
    }
  }
}

function observe(board: Board, progress: Progress, changes: Changes): Parameters<typeof follow>[2] {
  let isComplete = false
  /** It is as we know it, as of now; also after a silence, in which the watches held. */
  const confirm = (): void => {
    if (!isComplete) return
    progress.asOf = new Date().toISOString()
    if (progress.phase !== 'live') progress.toldAsOfMs = 0
    progress.phase = 'live'
    if (Date.now() - progress.toldAsOfMs >= confirmEveryMs) changes.notify()
  }
  const readable = ({ kind, namespace = '' }: { kind: string; namespace?: string }) => `${kind}/${namespace}`
  return {
    all(target, objects) {
      board.replace(target, objects, Date.now())
      progress.unreadable.delete(readable(target))
      changes.notify()
    },
    one(target, object, isGone) {
      if (isGone) board.remove(target, object.metadata.uid ?? '')
      else board.put(target, object, Date.now())
      confirm()
      changes.notify()
    },
    unreadable(target, problem) {
      board.markUnreadable(target, `Its ${target.kind} cannot be read: ${problem.message}`)
      progress.unreadable.set(readable(target), problem)
      changes.notify()
    },
    confirmed: confirm,
    silent(problem) {
      lose(progress, problem)
      changes.notify()
    },
    complete() {
      isComplete = true
      progress.isStateTold = false
      confirm()
      changes.notify()
    },
  }
}

const recheckEveryMs = 1_000

/** Time alone turns "not placed yet" into "does not fit", and ends the sight of a restart. */
async function keepRechecking(board: Board, changes: Changes, signal: AbortSignal): Promise<never> {
  for (;;) {
    await delay(recheckEveryMs, undefined, { signal })
    const nowMs = Date.now()
    if ((board.nextRecheckMs() ?? Number.POSITIVE_INFINITY) > nowMs) continue
    board.recheck(nowMs)
    changes.notify()
  }
}

/** Keeps the state on disk while it is fresh; a failure to do so is told, and tried again with the next change. */
class Kept {
  readonly #file: string
  readonly #board: Board
  readonly #progress: Progress
  #changed = false
  #keptAtMs = 0
  #keptAsOf: string | undefined

  constructor(file: string, board: Board, progress: Progress) {
    this.#file = file
    this.#board = board
    this.#progress = progress
  }

  mark(): void {
    this.#changed = true
  }

  async keepKeeping(signal: AbortSignal): Promise<never> {
    for (;;) {
      await delay(keepEveryMs, undefined, { signal })
      if (this.#changed || Date.now() - this.#keptAtMs >= keepAgeEveryMs) await this.keep()
    }
  }

  async keep(): Promise<void> {
    const { asOf } = this.#progress
    if (asOf === undefined || asOf === this.#keptAsOf) return
    this.#changed = false
    this.#keptAtMs = Date.now()
    try {
      const state = {
        schemaVersion: 1,
        asOf,
        components: this.#board.components(),
        objects: this.#board.objects(),
      } as const
      await keepLastKnown(this.#file, state)
      this.#keptAsOf = asOf
      this.#progress.keepProblem = undefined
    } catch (error) {
      this.#progress.keepProblem = reportProblem(error)
    }
  }
}
