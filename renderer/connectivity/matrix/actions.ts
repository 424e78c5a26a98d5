import type { Vantage } from '../../../preload/contract/connectivity.ts'

/** Actions of the table; absent for an earlier run. */
export interface MatrixActions {
  readonly running: boolean
  /** Checks a row again: from this vantage, or from all in the table. */
  readonly onRow: (endpoint: string, vantage?: Vantage) => void
  readonly onVantage: (vantage: Vantage) => void
}
