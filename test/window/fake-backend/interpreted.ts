import { config } from 'zod'

// A core validates outside the page; here the page's policy forbids the code that zod would make of a schema.
// In a file of its own, because schemas ask for this while the contract is being loaded.
config({ jitless: true })
