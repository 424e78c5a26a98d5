import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Operation } from '../../preload/contract/operations.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { Client } from '../lib/client.ts'
import { follow } from '../lib/follow.ts'
import { problemOf } from '../lib/outcome.ts'

export interface OperationsState {
  /** Newest first; undefined until the first response. */
  readonly operations: readonly Operation[] | undefined
  readonly problem: ProblemReport | undefined
  /** Follows every operation until the signal aborts. */
  watch(signal: AbortSignal): Promise<void>
  /** Adds an operation that this window started, before the stream reports it. */
  add(operation: Operation): void
  cancel(operationId: string): Promise<ProblemReport | undefined>
  resume(operationId: string): Promise<ProblemReport | undefined>
  forget(operationId: string): Promise<ProblemReport | undefined>
}

export type OperationsStore = StoreApi<OperationsState>

/** Replaces and adds operations by id; newest first. */
function merged(current: readonly Operation[], changed: readonly Operation[]): readonly Operation[] {
  const byId = new Map(current.map((operation) => [operation.id, operation]))
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
          // The first event of a stream has every operation: those that it lacks were deleted meanwhile.
          const complete = first
          first = false
          set(({ operations }) => ({
            operations: merged(complete ? [] : (operations ?? []), changed),
            problem: undefined,
          }))
        },
        signal,
      )
      if (problem !== undefined) set({ problem })
    },
    add: (operation) => set(({ operations }) => ({ operations: merged(operations ?? [], [operation]) })),
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

/** The newest operation of these kinds on a plane. */
export const latestOperation =
  (planeId: string, kinds: readonly Operation['kind'][]) =>
  ({ operations }: OperationsState): Operation | undefined =>
    operations?.find((operation) => operation.planeId === planeId && kinds.includes(operation.kind))

export const runningCount = ({ operations }: OperationsState): number =>
  operations?.filter(({ state }) => state === 'running').length ?? 0

export const interruptedCount = ({ operations }: OperationsState): number =>
  operations?.filter(({ state }) => state === 'interrupted').length ?? 0
