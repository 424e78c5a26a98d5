import type { Plan, PlanStep } from '../../preload/contract/install.ts'

const observing = new Set<PlanStep['kind']>(['verify', 'keep'])

/** Would the plan only look at the cluster? Then an update has nothing to offer. */
export const changesNothing = ({ steps }: Pick<Plan, 'steps'>): boolean =>
  steps.every(({ kind }) => observing.has(kind))
