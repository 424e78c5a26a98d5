import { Verdict } from '../../../../preload/contract/words.ts'
export const x = Verdict
