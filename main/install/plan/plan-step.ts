import type { PlanStep } from '../../../preload/contract/install.ts'

type StepFields = Omit<PlanStep, 'objects' | 'changes' | 'notes' | 'needs'> &
  Partial<Pick<PlanStep, 'objects' | 'changes' | 'notes' | 'needs'>>

export const planStep = (fields: StepFields): PlanStep => ({
  needs: [],
  objects: [],
  changes: [],
  notes: [],
  ...fields,
})
