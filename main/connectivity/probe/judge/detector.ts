import type { Verdict } from '../../../../preload/contract/words.ts'
import { type Cause, causes } from '../causes.ts'
import type { Facts } from '../facts.ts'
import type { Target } from '../target.ts'

/** What one stage's facts amount to. Without a cause it is a plain pass, or nothing was to be done. */
export interface Judgement {
  readonly verdict: Verdict
  readonly cause: Cause | ''
  readonly says: string
}

/** Finds one cause: what it saw, in words, or undefined. Pure. */
export interface Detector {
  readonly cause: Cause
  readonly sees: (facts: Facts, target: Target) => string | undefined
}

/** The first cause that is found has it: the order of a list of detectors is part of the diagnosis. */
export function detect(detectors: readonly Detector[], facts: Facts, target: Target): Judgement | undefined {
  for (const { cause, sees } of detectors) {
    const says = sees(facts, target)
    if (says !== undefined) return because(cause, says)
  }
  return undefined
}

export const because = (cause: Cause, says: string): Judgement => ({ verdict: causes[cause].verdict, cause, says })
export const plainPass = (says: string): Judgement => ({ verdict: 'pass', cause: '', says })
export const notDone = (says: string): Judgement => ({ verdict: 'skipped', cause: '', says })
