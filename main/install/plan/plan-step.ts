import type { PlanStep } from '../../../preload/contract/install.ts'

type StepFields = Omit<PlanStep, 'objects' | 'changes' | 'notes'> &
  Partial<Pick<PlanStep, 'objects' | 'changes' | 'notes'>>

export const planStep = (fields: StepFields): PlanStep => ({ objects: [], changes: [], notes: [], ...fields })
