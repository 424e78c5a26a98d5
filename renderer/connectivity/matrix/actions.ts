import type { Vantage } from '../../../preload/contract/connectivity.ts'

/** What can be done from the table; absent for a run of the past. */
export interface MatrixActions {
  readonly running: boolean
  /** A row again, from this vantage or from every one in the table. */
  readonly onRow: (endpoint: string, vantage?: Vantage) => void
  readonly onVantage: (vantage: Vantage) => void
}
