import type { StoreApi } from 'zustand/vanilla'
import type { LogRecord, LogStatus } from '../../preload/contract/logs.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { Client } from '../lib/client.ts'
import type { LogFilter } from './query.ts'

export type LogsClient = Pick<Client, 'logs'>

export interface Bucket {
  readonly from: string
  readonly counts: Readonly<Record<string, number>>
}

interface SearchStats {
  readonly elapsedMs: number
  readonly blocksRead: number
  readonly blocksSkipped: number
}

export interface LogsState {
  readonly planeId: string | undefined
  readonly status: LogStatus | undefined
  readonly filter: LogFilter
  /** Newest first. */
  readonly records: readonly LogRecord[]
  readonly phase: 'idle' | 'searching' | 'older' | 'done'
  readonly stats: SearchStats | undefined
  /** Are there older records that match? */
  readonly more: boolean
  readonly problem: ProblemReport | undefined
  readonly histogram: readonly Bucket[]
  readonly selected: string | undefined
  readonly following: boolean
  /** Records that arrived while the list was scrolled away from its newest end. */
  readonly pending: readonly LogRecord[]
  readonly atNewest: boolean
  enter(planeId: string, signal: AbortSignal): Promise<void>
  setFilter(part: Partial<LogFilter>): void
  loadOlder(): Promise<void>
  select(id: string | undefined): void
  setFollowing(on: 'yes' | 'no'): void
  /** Reports the position of the list: at the newest line, or scrolled away from it. */
  scrolled(where: 'newest' | 'away'): void
  showPending(): void
  collect(): Promise<ProblemReport | undefined>
  purge(): Promise<ProblemReport | undefined>
}

export type LogsStore = StoreApi<LogsState>

export const noResults = {
  records: [],
  phase: 'idle',
  stats: undefined,
  more: false,
  problem: undefined,
  histogram: [],
  selected: undefined,
  pending: [],
  atNewest: true,
} as const
