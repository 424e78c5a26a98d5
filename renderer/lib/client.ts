import type { ContractRouterClient } from '@orpc/contract'
import type { contract } from '../../preload/contract/index.ts'

/** What the window can ask of the core; each store takes only the part that it needs. */
export type Client = ContractRouterClient<typeof contract>
