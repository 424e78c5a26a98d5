import type { PlannedRelease } from '../installation.ts'
import { keepId } from '../plan/removal.ts'
import { deleteFlux } from '../steps/flux-step.ts'
import { uninstallRelease } from '../steps/helm-step.ts'
import { keepRelease } from '../steps/keep-step.ts'
import type { Run, StepOutcome } from '../steps/run.ts'
import type { OperationInput } from './input.ts'
import { subjectOf } from './run-step.ts'

const timeoutSeconds = 300

/** Removes a release that the profile no longer has: all that is known of it is in the id of its step. */
export function removeDropped(
  run: Run,
  { steps }: OperationInput,
  id: string,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const [namespace = '', name = ''] = subjectOf(id).split('/')
  if (run.acceptedLosses.includes(keepId(subjectOf(id)))) return keepRelease(run, id, { name, namespace }, signal)
  const isFlux = steps.some((step) => step.id === id && step.kind === 'flux-delete')
  const release: PlannedRelease = { name, namespace, title: name, via: isFlux ? 'flux' : 'helm', timeoutSeconds }
  return isFlux ? deleteFlux(run, id, release, signal) : uninstallRelease(run, id, release, signal)
}
