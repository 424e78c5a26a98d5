import { config } from 'zod'

// The page's content security policy blocks the code that zod generates from schemas.
// A separate file, because the contract's schemas read this setting while they load.
config({ jitless: true })
