import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Operation } from '../../preload/contract/operations.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { Client } from '../lib/client.ts'
import { follow } from '../lib/follow.ts'
import { problemOf } from '../lib/outcome.ts'

export interface OperationsState {
  /** Newest first; undefined until the first answer. */
  readonly operations: readonly Operation[] | undefined
  readonly problem: ProblemReport | undefined
  /** Follows every operation until the signal aborts. */
  watch(signal: AbortSignal): Promise<void>
  /** Takes in an operation that was started just now. */
  learn(operation: Operation): void
  cancel(operationId: string): Promise<ProblemReport | undefined>
  resume(operationId: string): Promise<ProblemReport | undefined>
  forget(operationId: string): Promise<ProblemReport | undefined>
}

export type OperationsStore = StoreApi<OperationsState>

/** Puts what changed over what was known, newest first. */
function merged(known: readonly Operation[], changed: readonly Operation[]): readonly Operation[] {
  const byId = new Map(known.map((operation) => [operation.id, operation]))
  for (const operation of changed) byId.set(operation.id, operation)
  return [...byId.values()].toSorted((left, right) => right.startedAt.localeCompare(left.startedAt))
}

export const createOperationsStore = (client: Pick<Client, 'operations'>): OperationsStore =>
  createStore<OperationsState>()((set) => ({
    operations: undefined,
    problem: undefined,
    async watch(signal) {
      let first = true
      const problem = await follow(
        (inner) => {
          first = true
          return client.operations.watch(undefined, { signal: inner })
        },
        ({ operations: changed }) => {
          // The first event of a stream is all there is; what it lacks has been forgotten meanwhile.
          const base = first
          first = false
          set(({ operations }) => ({ operations: merged(base ? [] : (operations ?? []), changed), problem: undefined }))
        },
        signal,
      )
      if (problem !== undefined) set({ problem })
    },
    learn: (operation) => set(({ operations }) => ({ operations: merged(operations ?? [], [operation]) })),
    cancel: (operationId) => problemOf(() => client.operations.cancel({ operationId })),
    async resume(operationId) {
      return problemOf(async () => {
        const resumed = await client.operations.resume({ operationId })
        set(({ operations }) => ({ operations: merged(operations ?? [], [resumed]) }))
      })
    },
    async forget(operationId) {
      return problemOf(async () => {
        await client.operations.forget({ operationId })
        set(({ operations }) => ({ operations: operations?.filter(({ id }) => id !== operationId) }))
      })
    },
  }))

/** The newest operation of these kinds on a plane: the one that its views speak of. */
export const latestOperation =
  (planeId: string, kinds: readonly Operation['kind'][]) =>
  ({ operations }: OperationsState): Operation | undefined =>
    operations?.find((operation) => operation.planeId === planeId && kinds.includes(operation.kind))

export const runningCount = ({ operations }: OperationsState): number =>
  operations?.filter(({ state }) => state === 'running').length ?? 0

/** Those that wait for a decision: cut off in the middle. */
export const interruptedCount = ({ operations }: OperationsState): number =>
  operations?.filter(({ state }) => state === 'interrupted').length ?? 0
