import type { Operation, WaitingOn } from '../../preload/contract/operations.ts'
import type { JsonObject } from '../../preload/contract/words.ts'

/** One line of a journal after its header: what was about to be done, or what came of it. */
export interface JournalRecord {
  readonly at: string
  readonly event: string
  readonly step?: string
  readonly data?: JsonObject
}

/** What a running operation may do to its own record. Given to the runner of its kind. */
export interface OperationHandle {
  readonly id: string
  readonly planeId: string
  /** What it was started with. Holds no secret: it is on disk. */
  readonly input: JsonObject
  /** What earlier lives of this operation recorded: empty on a first start. Resume by observing, then by these. */
  readonly history: readonly JournalRecord[]
  /** Appends to the journal and returns once it is on disk. Call it before the act that it announces. */
  record(event: string, step?: string, data?: JsonObject): Promise<void>
  /** Declares the steps, in order; those of an earlier life keep their state. */
  declareSteps(steps: readonly { readonly id: string; readonly title: string }[]): Promise<void>
  stepStarted(step: string): Promise<void>
  stepEnded(step: string, state: 'done' | 'failed' | 'skipped', message?: string): Promise<void>
  /** Progress that is shown but not recorded. */
  waitingOn(step: string, objects: readonly WaitingOn[]): void
  message(step: string, text: string): void
}

/**
 * Runs one kind of operation, from the start or from where the history says it stood.
 * Returns when it is done; throws a Problem when it failed, or the abort reason when it was cancelled.
 */
export type OperationRunner = (handle: OperationHandle, signal: AbortSignal) => Promise<void>

/** What a feature needs of the operations: to register its kinds, and to start one. */
export interface OperationStarter {
  register(kind: Operation['kind'], runner: OperationRunner): void
  /** Throws OPERATION_RUNNING when another one of the same `exclusive` group works on the plane. */
  start(request: {
    readonly kind: Operation['kind']
    readonly planeId: string
    readonly title: string
    readonly input: JsonObject
  }): Promise<Operation>
}
