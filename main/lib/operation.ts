import type { Operation, StepLog, StepObject, WaitingOn } from '../../preload/contract/operations.ts'
import type { JsonObject } from '../../preload/contract/words.ts'

/** One line of a journal after its header: an announced action, or its result. */
export interface JournalRecord {
  readonly at: string
  readonly event: string
  readonly step?: string
  readonly data?: JsonObject
}

interface DeclaredStep {
  readonly id: string
  readonly title: string
  /** Ids of the steps that must have ended before. */
  readonly needs?: readonly string[] | undefined
  /** What its duration is compared by in later operations of the plane; undefined: it is not. */
  readonly timedAs?: string | undefined
}

/** Access of a running operation to its own record. Passed to the runner of its kind. */
export interface OperationHandle {
  readonly id: string
  readonly planeId: string
  /** Its input. It is on disk, so it must not contain a secret. */
  readonly input: JsonObject
  /** Records of earlier attempts; empty on the first start. To resume, observe first, then use these. */
  readonly history: readonly JournalRecord[]
  /** Appends to the journal and returns once it is on disk. Call it before the action that it announces. */
  record(event: string, step?: string, data?: JsonObject): Promise<void>
  /** Declares the steps, in order; steps of an earlier attempt keep their state. */
  declareSteps(steps: readonly DeclaredStep[]): Promise<void>
  stepStarted(step: string): Promise<void>
  stepEnded(step: string, state: 'done' | 'failed' | 'skipped', message?: string): Promise<void>
  /** Progress that is shown but not recorded. */
  waitingOn(step: string, objects: readonly WaitingOn[]): void
  /** The state of what the step works on. */
  observed(step: string, objects: readonly StepObject[], log: StepLog | undefined): void
  message(step: string, text: string): void
}

/**
 * Runs one kind of operation, from the start or from the state in its history.
 * Returns when it succeeds; throws a Problem when it fails, or the abort reason when it is cancelled.
 */
export type OperationRunner = (handle: OperationHandle, signal: AbortSignal) => Promise<void>

/** The part of the operations that a feature uses: registering its kinds, and starting one. */
export interface OperationStarter {
  register(kind: Operation['kind'], runner: OperationRunner): void
  /** Throws OPERATION_RUNNING when another one of the same `exclusive` group runs on the plane. */
  start(request: {
    readonly kind: Operation['kind']
    readonly planeId: string
    readonly title: string
    readonly input: JsonObject
  }): Promise<Operation>
}
