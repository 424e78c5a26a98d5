import type { Cause } from '../probe/causes.ts'
import type { Target } from '../probe/target.ts'

/** What one vantage does about an endpoint. */
export type Plan =
  | { readonly kind: 'probe'; readonly target: Target; readonly companions: readonly Companion[] }
  | { readonly kind: 'skip'; readonly why: string }
  | { readonly kind: 'unknown'; readonly cause: Cause; readonly why: string }

export interface Companion {
  readonly target: Target
  readonly why: string
}
