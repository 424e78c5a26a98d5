import type { ContractRouterClient } from '@orpc/contract'
import type { contract } from '../../preload/contract/index.ts'

/** The procedures of the core; each store takes only the part that it needs. */
export type Client = ContractRouterClient<typeof contract>
