import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { planePhase } from '../planes/phase.ts'

/** The wizard's steps in order. The plane exists from `preflight` on. */
export const wizardSteps = [
  'cluster',
  'profile',
  'settings',
  'preflight',
  'connectivity',
  'review',
  'install',
  'done',
] as const

export type WizardStep = (typeof wizardSteps)[number]

export const isWizardStep = (value: unknown): value is WizardStep => wizardSteps.some((step) => step === value)

const indexOf = (step: WizardStep) => wizardSteps.indexOf(step)

export const nextOf = (step: WizardStep): WizardStep => wizardSteps[indexOf(step) + 1] ?? step
export const previousOf = (step: WizardStep): WizardStep => wizardSteps[indexOf(step) - 1] ?? step

/** Can the user open this step in the current state of the plane? */
export function reachable(step: WizardStep, plane: Plane | undefined, operation: Operation | undefined): boolean {
  if (plane === undefined) return indexOf(step) <= indexOf('settings')
  if (step === 'install') return operation !== undefined
  if (step === 'done') return planePhase(plane, operation) === 'installed'
  return true
}

/** The step at which the wizard opens for an existing plane. */
export function openingStep(plane: Plane, operation: Operation | undefined): WizardStep {
  if (operation !== undefined && operation.state !== 'done' && operation.state !== 'cancelled') return 'install'
  return planePhase(plane, operation) === 'installed' ? 'done' : 'preflight'
}
