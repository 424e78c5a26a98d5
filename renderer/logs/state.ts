import type { StoreApi } from 'zustand/vanilla'
import type {
  EngineFetchEvent,
  ExportFormat,
  FoundLogEngines,
  LogCount,
  LogEngine,
  LogPatterns,
  LogRecord,
  LogRetention,
  LogStatus,
  SavedSearch,
  UnfinishedFetch,
} from '../../preload/contract/logs.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { Client } from '../lib/client.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { ListGoal, PlacesInView } from '../ui/PlacedList.tsx'
import type { Bucket } from './histogram.ts'
import type { LogFilter } from './query.ts'
import type { Step } from './steps.ts'

export type LogsClient = Pick<Client, 'logs'>
export type Accesses = Awaited<ReturnType<Client['logs']['accesses']>>

interface SearchStats {
  readonly elapsedMs: number
  readonly blocksRead: number
  readonly blocksSkipped: number
}

/** What is shown in place of the results: the lines around one, or all lines with one id. */
export type RelatedTo =
  | { readonly kind: 'around'; readonly record: string }
  /** The id of a trace, or a correlation id. */
  | { readonly kind: 'trace'; readonly id: string }

/** Lines without the filter, oldest first. */
export interface Related {
  readonly to: RelatedTo
  readonly records: readonly LogRecord[]
  /** Ids of the lines that match the query. */
  readonly matching: ReadonlySet<string>
  readonly phase: 'loading' | 'done'
  readonly problem: ProblemReport | undefined
  readonly selected: string | undefined
  readonly moreBefore: boolean
  readonly moreAfter: boolean
}

/** How far the search of a log engine is. */
export interface EngineProgress {
  readonly linesRead: number
  /** Up to which time it was searched; null: all of it; undefined: not begun. */
  readonly reached: string | null | undefined
  /** Where it continues; undefined: at its beginning. */
  readonly next: string | undefined
  /** It waits for the user. Otherwise scrolling to the end continues it. */
  readonly isPaused: boolean
  /** Whether the engine chooses lines by a text of the query. */
  readonly isFiltered: boolean
}

export type FetchResult = Extract<EngineFetchEvent, { kind: 'done' }>
type FetchCounts = Pick<FetchResult, 'parts' | 'totalParts' | 'records' | 'known'>

/** What is taken offline from a log engine. */
export interface FetchInput {
  readonly engine: LogEngine
  /** Ids; none: all. */
  readonly sources: readonly string[]
  readonly from: string
  readonly to: string
}

/** A fetch of this window, or one that another one or an earlier start has left. */
export type Fetch = { readonly input: FetchInput } & (
  | { readonly kind: 'running'; readonly counts: FetchCounts | undefined }
  | { readonly kind: 'cancelled'; readonly counts: FetchCounts | undefined }
  | { readonly kind: 'failed'; readonly counts: FetchCounts | undefined; readonly problem: ProblemReport }
  | { readonly kind: 'done'; readonly result: FetchResult }
  | { readonly kind: 'left'; readonly left: UnfinishedFetch }
)

export interface ExportChoice {
  readonly format: ExportFormat
  readonly redact: boolean
}

export interface ExportedFile {
  readonly name: string
  readonly mediaType: string
  readonly content: Blob
  readonly records: number
  readonly redacted: number
}

export type RetentionPolicy = Pick<LogRetention, 'days' | 'bytes'>

export interface LogsState {
  readonly planeId: string | undefined
  readonly status: LogStatus | undefined
  readonly filter: LogFilter
  /** Searched in place of this computer. */
  readonly engine: LogEngine | undefined
  /** Of the engine's search; undefined before its first one. */
  readonly engineProgress: EngineProgress | undefined
  /** The last fetch from an engine, by plane. */
  readonly fetches: ReadonlyMap<string, Fetch>
  /** Of the plane, by name. */
  readonly searches: readonly SavedSearch[]
  /** The loaded lines: a part of the list without a gap, in the order of the filter. */
  readonly records: readonly LogRecord[]
  /** The place of the first of them in the list. */
  readonly first: number
  /** How many lines match; undefined until the first count, and of an engine. */
  readonly count: LogCount | undefined
  /** Where the list is to be scrolled to. */
  readonly goal: ListGoal | undefined
  /** The places in view. */
  readonly seen: PlacesInView | undefined
  /** The selected line, also when it is not among the loaded lines any more; undefined after another search. */
  readonly opened: LogRecord | undefined
  readonly phase: 'idle' | 'searching' | 'more' | 'done'
  readonly stats: SearchStats | undefined
  /** Are there further records that match, after the last one? */
  readonly more: boolean
  readonly problem: ProblemReport | undefined
  readonly histogram: readonly Bucket[]
  readonly selected: string | undefined
  readonly following: boolean
  /** How many records arrived while the list was scrolled away from its newest end. */
  readonly pending: number
  readonly atNewest: boolean
  /** Shown in place of the results, which stay as they are. */
  readonly related: Related | undefined
  /** Lines whose further lines are shown in the list. */
  readonly unfolded: ReadonlySet<string>
  /** In their order; the message is always last. */
  readonly columns: readonly string[]
  readonly wrap: boolean
  /** The lines of the filter, or what groups of them share. */
  readonly shown: 'lines' | 'patterns'
  enter(planeId: string, signal: AbortSignal): Promise<void>
  setFilter(part: Partial<LogFilter>): void
  applySearch(search: SavedSearch): void
  /** Saves the filter; replaces the search of this name. */
  saveSearch(name: string): Promise<ProblemReport | undefined>
  removeSearch(id: string): Promise<ProblemReport | undefined>
  loadMore(): Promise<void>
  /** Loads the lines of these places, both included. */
  load(from: number, to: number): void
  /** Selects a line that is not loaded. */
  selectAt(place: number): void
  /** Undefined: searches this computer. */
  setEngine(engine: LogEngine | undefined): void
  /** Continues the search of an engine that waits. */
  continueSearch(): Promise<void>
  /** Pauses the search of an engine; what was found stays. */
  stopSearch(): void
  /** Looks for log engines in the cluster; undefined without a plane. */
  engines(): Promise<Outcome<FoundLogEngines> | undefined>
  /** Takes lines of an engine offline. Continues what was not complete. */
  startFetch(input: FetchInput): void
  cancelFetch(): void
  forgetFetch(): Promise<void>
  /** In the related lines where they are shown, else in the results. */
  select(id: string | undefined): void
  /** `selected`: the record from which it is opened. Undefined: back to the results. */
  showRelated(to: RelatedTo | undefined, selected?: string): void
  loadMoreRelated(where: 'before' | 'after'): void
  /** Selects the next match or error of the list; loads further pages until there is one. Reports whether there was. */
  step(step: Step, to: 'match' | 'error'): Promise<boolean>
  fold(id: string, unfolded: 'yes' | 'no'): void
  toggleColumn(name: string): void
  setColumns(columns: readonly string[]): void
  setWrap(on: 'yes' | 'no'): void
  show(shown: LogsState['shown']): void
  setFollowing(on: 'yes' | 'no'): void
  /** Reports which places are in view. */
  scrolled(places: PlacesInView): void
  showPending(): void
  /** The lines of the filter as a file. Throws what the core does. */
  exportFile(choice: ExportChoice, onProgress: (records: number) => void, signal: AbortSignal): Promise<ExportedFile>
  /** Throws what the core does. */
  findPatterns(
    how: { readonly compared: boolean },
    onResult: (result: LogPatterns) => void,
    signal: AbortSignal,
  ): Promise<void>
  /** The newest of the audit record; undefined without a plane. */
  accesses(): Promise<Outcome<Accesses> | undefined>
  /** Undefined without a plane. */
  retention(): Promise<Outcome<LogRetention> | undefined>
  /** What a policy would delete now. */
  expired(policy: RetentionPolicy): Promise<Outcome<{ days: number; records: number }> | undefined>
  setRetention(policy: RetentionPolicy): Promise<Outcome<LogRetention> | undefined>
  collect(): Promise<ProblemReport | undefined>
  purge(): Promise<ProblemReport | undefined>
}

export type LogsStore = StoreApi<LogsState>

export const noResults = {
  records: [],
  first: 0,
  count: undefined,
  goal: undefined,
  seen: undefined,
  opened: undefined,
  phase: 'idle',
  stats: undefined,
  more: false,
  problem: undefined,
  histogram: [],
  engineProgress: undefined,
  selected: undefined,
  pending: 0,
  atNewest: true,
  related: undefined,
  unfolded: new Set<string>(),
} as const
