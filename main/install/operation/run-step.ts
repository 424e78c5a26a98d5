import { Problem } from '../../../preload/contract/problem.ts'
import { type Dependent, inDependencyOrder } from '../../lib/concurrency/in-dependency-order.ts'
import { getObject } from '../../lib/kubernetes/objects.ts'
import { acquireLease } from '../lease/lease.ts'
import { kinds } from '../observe/kinds.ts'
import { presenceOf } from '../observe/observe.ts'
import type { Run, StepOutcome } from '../steps/run.ts'

export type StepHandler = (id: string, signal: AbortSignal) => Promise<StepOutcome>

/** The part of a step's id after its kind: `agent` of `release:agent`. */
export const subjectOf = (id: string): string => id.slice(id.indexOf(':') + 1)

/** Throws PLAN_STALE if the profile no longer has what the step refers to. */
export function required<T>(subject: T | undefined, id: string): T {
  if (subject === undefined) throw new Problem('PLAN_STALE', `The profile no longer contains what step "${id}" needs.`)
  return subject
}

const hasEnded = (run: Run, step: string): boolean => {
  const last = run.handle.history.findLast((record) => record.event === 'step-ended' && record.step === step)
  return last?.data?.state === 'done' || last?.data?.state === 'skipped'
}

const hasActed = (run: Run, step: string): boolean =>
  run.journal.some((record) => record.event === 'act' && record.step === step)

/** Runs one step and reports its end. A step that ended before an interruption runs again, but is not reported again. */
export async function runStep(run: Run, id: string, handler: StepHandler, signal: AbortSignal): Promise<void> {
  const endedBefore = hasEnded(run, id)
  if (!endedBefore) await run.handle.stepStarted(id)
  try {
    const { changed, message } = await handler(id, signal)
    if (!endedBefore) await run.handle.stepEnded(id, changed || hasActed(run, id) ? 'done' : 'skipped', message)
  } catch (error) {
    await run.handle.stepEnded(id, 'failed', failureMessage(error, signal))
    throw error
  } finally {
    run.handle.waitingOn(id, [])
  }
}

function failureMessage(error: unknown, signal: AbortSignal): string | undefined {
  const isPlainAbort = !(error instanceof Problem) || error === signal.reason
  if (signal.aborted && isPlainAbort) return 'Stopped before it completed.'
  return error instanceof Problem ? error.message : undefined
}

/** Helm is idle most of the time that it waits; its memory and the API server's load bound it. */
const stepsAtOnce = 3

/** Runs each step once those that it needs have ended. One that fails lets those under way end, and begins no other. */
export const runSteps = (
  run: Run,
  steps: readonly Dependent[],
  handlerOf: (id: string) => StepHandler,
  signal: AbortSignal,
): Promise<void> =>
  inDependencyOrder(steps, stepsAtOnce, async ({ id }) => {
    signal.throwIfAborted()
    await runStep(run, id, handlerOf(id), signal)
  })

/** Runs `act` while holding the plane's lease, in the first namespace of the plane. Aborts it when the lease is lost. */
export async function withLease(
  run: Run,
  act: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { client, installation, handle } = run
  const [namespace] = installation.namespaces
  if (namespace === undefined) return act(signal)
  const object = await getObject(client, kinds.namespace, { name: namespace }, signal)
  const presence = presenceOf(object, installation.profile)
  // A namespace that is being deleted accepts no lease, and there is nothing left to protect in it.
  if (presence === 'absent' || presence === 'ending') return act(signal)
  const request = { namespace, profile: installation.profile, operation: handle.id }
  const lease = await acquireLease(client, request, signal)
  run.share((progress) => lease.publish(progress))
  try {
    await act(AbortSignal.any([signal, lease.lost]))
  } finally {
    await lease.release()
  }
}
