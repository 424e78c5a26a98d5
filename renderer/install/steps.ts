import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'

/** The wizard's steps in order. The plane exists from `preflight` on. */
export const wizardSteps = [
  { id: 'cluster', title: 'Cluster' },
  { id: 'profile', title: 'Profile' },
  { id: 'settings', title: 'Settings' },
  { id: 'preflight', title: 'Preflight' },
  { id: 'connectivity', title: 'Connectivity' },
  { id: 'review', title: 'Review' },
  { id: 'install', title: 'Install' },
  { id: 'done', title: 'Done' },
] as const

export type WizardStep = (typeof wizardSteps)[number]['id']

export const isWizardStep = (value: unknown): value is WizardStep => wizardSteps.some(({ id }) => id === value)

const indexOf = (step: WizardStep) => wizardSteps.findIndex(({ id }) => id === step)

export const nextOf = (step: WizardStep): WizardStep => wizardSteps[indexOf(step) + 1]?.id ?? step
export const previousOf = (step: WizardStep): WizardStep => wizardSteps[indexOf(step) - 1]?.id ?? step

/** Which steps can be gone to: all that are before where the plane stands. */
export function reachable(step: WizardStep, plane: Plane | undefined, operation: Operation | undefined): boolean {
  if (plane === undefined) return indexOf(step) <= indexOf('settings')
  if (step === 'install') return operation !== undefined
  if (step === 'done') return plane.installedAt !== undefined
  return true
}

/** Where the wizard opens for a plane that is there already. */
export function openingStep(plane: Plane, operation: Operation | undefined): WizardStep {
  if (operation !== undefined && operation.state !== 'done' && operation.state !== 'cancelled') return 'install'
  return plane.installedAt === undefined ? 'preflight' : 'done'
}
