import type { Verdict } from '../../../../preload/contract/words.ts'
import { type Cause, causes } from '../causes.ts'
import type { Facts } from '../facts.ts'
import type { Target } from '../target.ts'

/** The judgement of one stage. Without a cause, the stage passed or was skipped. */
export interface Judgement {
  readonly verdict: Verdict
  readonly cause: Cause | ''
  /** One line: what happened. */
  readonly message: string
  /** Further lines of evidence, such as the certificate chain or the response. */
  readonly details?: string
}

/** Detects one cause: describes it for the evidence, or returns undefined. Pure. */
export interface Detector {
  readonly cause: Cause
  readonly match: (facts: Facts, target: Target) => string | undefined
}

/** The cause of the first detector that matches. The order of the list is part of the diagnosis. */
export function detect(detectors: readonly Detector[], facts: Facts, target: Target): Judgement | undefined {
  for (const { cause, match } of detectors) {
    const message = match(facts, target)
    if (message !== undefined) return withCause(cause, message)
  }
  return undefined
}

export const withCause = (cause: Cause, message: string): Judgement => ({
  verdict: causes[cause].verdict,
  cause,
  message,
})
export const passed = (message: string): Judgement => ({ verdict: 'pass', cause: '', message })
export const skipped = (message: string): Judgement => ({ verdict: 'skipped', cause: '', message })
