import { createContext } from 'react'

/**
 * Opens the review of what the context of the plane's cluster demands; undefined outside the views of a plane.
 * `retry` repeats an action that needed the consent, once the user has given it.
 */
export const ReviewContext = createContext<((retry?: () => void) => void) | undefined>(undefined)
