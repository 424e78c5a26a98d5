import { createContext } from 'react'
import type { ProblemReport } from '../../preload/contract/problem.ts'

/** Did it fail because the user has to decide something first? */
export const needsReview = (problem: ProblemReport | undefined): boolean =>
  problem?.code === 'CONSENT_NEEDED' || problem?.code === 'PROFILE_CHANGED'

/**
 * Opens the review of what changed in the plane's profile, or of what the context of its cluster demands; undefined outside
 * the views of a plane. `retry` repeats an action that needed the decision, once the user has made it.
 */
export const ReviewContext = createContext<((retry?: () => void) => void) | undefined>(undefined)
