import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { ProblemReport, procedure } from './problem.ts'
import { ObjectReference, Timestamp } from './words.ts'
import { Health } from './workloads.ts'

/** An object of the cluster that a step waits for. */
export const WaitingOn = z.strictObject({ object: ObjectReference, why: z.string(), since: Timestamp })
export type WaitingOn = z.infer<typeof WaitingOn>

/** An object of a step's release, as the cluster has it. Pods follow the object that owns them, one level deeper. */
export const StepObject = z.strictObject({
  object: ObjectReference,
  depth: z.literal([0, 1]),
  health: Health,
  reason: z.string(),
})
export type StepObject = z.infer<typeof StepObject>

/** The end of the log of what a step waits for, with secrets replaced. A program of the cluster wrote it. */
export const StepLog = z.strictObject({ pod: z.string(), container: z.string(), text: z.string() })
export type StepLog = z.infer<typeof StepLog>

const StepState = z.literal(['pending', 'running', 'done', 'failed', 'skipped'])
export const StepProgress = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** Ids of the steps that must have ended before it begins; several can run at once. */
  needs: z.array(z.string()).default([]),
  state: StepState,
  startedAt: Timestamp.optional(),
  endedAt: Timestamp.optional(),
  message: z.string().optional(),
  waitingOn: z.array(WaitingOn).default([]),
  /** While it runs: the objects of its release with their state. */
  objects: z.array(StepObject).default([]),
  log: StepLog.optional(),
  /** The median of earlier runs that were not interrupted, of the same chart on this plane. */
  usual: z.strictObject({ ms: z.number().nonnegative(), runs: z.int().positive() }).optional(),
})
export type StepProgress = z.infer<typeof StepProgress>

/** `interrupted`: its process ended before the operation did. It changes nothing until it is resumed. */
const OperationState = z.literal(['running', 'interrupted', 'done', 'failed', 'cancelled'])
const OperationOffer = z.literal(['cancel', 'resume', 'uninstall', 'forget'])

export const Operation = z.strictObject({
  id: z.uuid(),
  kind: z.literal(['install', 'uninstall', 'collect']),
  planeId: z.uuid(),
  title: z.string(),
  state: OperationState,
  startedAt: Timestamp,
  updatedAt: Timestamp,
  endedAt: Timestamp.optional(),
  /** Completed steps. `total` is absent if the number of steps is unknown. */
  done: z.int().nonnegative(),
  total: z.int().positive().optional(),
  steps: z.array(StepProgress),
  problem: ProblemReport.optional(),
  offers: z.array(OperationOffer),
  /** The newer operation that took its place, so that it can no longer be resumed. */
  overtakenBy: z.uuid().optional(),
})
export type Operation = z.infer<typeof Operation>

const OperationId = z.strictObject({ operationId: z.uuid() })

export const operations = {
  list: procedure.output(z.array(Operation)),
  /** All operations at once, then again after changes, at most four times a second. */
  watch: procedure.output(eventIterator(z.strictObject({ operations: z.array(Operation) }))),
  cancel: procedure.input(OperationId).output(z.strictObject({})),
  resume: procedure.input(OperationId).output(Operation),
  forget: procedure.input(OperationId).output(z.strictObject({})),
}
