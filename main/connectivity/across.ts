import type { Finding } from '../../preload/contract/connectivity.ts'
import type { Observed } from './run.ts'

/** What differs between vantages, in words. Pure. */
export function acrossVantages(_observed: readonly Observed[]): readonly Finding[] {
  return []
}
