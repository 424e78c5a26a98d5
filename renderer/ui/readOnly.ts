import { createContext } from 'react'

/** Views below it offer nothing that changes something or contacts a cluster: they show a recording. */
export const ReadOnlyContext = createContext(false)
