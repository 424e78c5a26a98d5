import type { PlanStep } from '../../../preload/contract/install.ts'

type StepFields = Omit<PlanStep, 'objects' | 'notes'> & Partial<Pick<PlanStep, 'objects' | 'notes'>>

export const planStep = (fields: StepFields): PlanStep => ({ objects: [], notes: [], ...fields })
