import { createStore, type StoreApi } from 'zustand/vanilla'
import type {
  CheckEvent,
  EndpointRow,
  ProxyView,
  RunEntry,
  VantageOffer,
  VantageRequest,
  VerdictHistory,
} from '../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { createBatch } from '../lib/batch.ts'
import type { Client } from '../lib/client.ts'
import { keepForLong, recallForLong } from '../lib/keep.ts'
import { attempt } from '../lib/outcome.ts'
import { isAbort, toReport } from '../lib/problem.ts'
import {
  applyEvent,
  type Extent,
  emptyMatrix,
  failedEndpoints,
  failedVantages,
  type Matrix,
  matrixOf,
  settleStoppedRun,
} from './matrix/matrix.ts'
import { type Filter, noFilter, type OpenRows } from './matrix/visibleRows.ts'
import { firstChoice, isChoice, requestsFor } from './vantages/vantages.ts'

/** A run of some rows or some vantages; an absent field means all rows, or the chosen vantages. */
interface PartialRun {
  readonly endpoints?: readonly string[]
  readonly from?: readonly VantageRequest[]
}

interface Results {
  readonly planeId: string | undefined
  readonly rows: readonly EndpointRow[] | undefined
  readonly matrix: Matrix
  /** The matrix before the run in progress, or after the last one; rows are ordered by it. */
  readonly stableMatrix: Matrix
  readonly running: boolean
  /** The last run was stopped before completion. */
  readonly stopped: boolean
  readonly problem: ProblemReport | undefined
  /** The results are from runs that do not verify. */
  readonly unverified: boolean
  /** Vantages to check from; undefined until the cluster has been queried. */
  readonly offers: readonly VantageOffer[] | undefined
  readonly offersProblem: ProblemReport | undefined
  /** The vantages of the next run of the whole table. */
  readonly chosenVantages: readonly VantageRequest[]
  /** Seconds for which persistent connections are held open; 0: they are not. */
  readonly holdSeconds: number
  readonly proxy: ProxyView | undefined
  /** Saved runs, the latest first. */
  readonly runs: readonly RunEntry[]
  /** Undefined: no run of this table is saved. */
  readonly verdictHistory: VerdictHistory | 'loading' | undefined
  readonly shown: 'matrix' | 'map'
  readonly filter: Filter
  readonly openRows: OpenRows
}

interface LoadActions {
  /** Loads the rows and the last report of a plane. */
  load(planeId: string): Promise<void>
  /** Queries the cluster for vantages. */
  loadOffers(): Promise<void>
  /** Many saved runs of many nodes take seconds to read: nothing waits for them. */
  loadVerdictHistory(): Promise<void>
}

interface OptionActions {
  chooseVantages(requests: readonly VantageRequest[]): void
  setHoldSeconds(seconds: number): void
  show(shown: Results['shown']): void
  setFilter(filter: Partial<Filter>): void
  /** Opens a row at the details of a vantage; without one closes it. */
  openRow(endpoint: string, at: string | undefined): void
  setOpenRows(rows: OpenRows): void
}

interface RunActions {
  /** Checks a part, or the whole table from the chosen vantages. */
  run(part?: PartialRun): Promise<void>
  /** Checks failed rows again, from the vantages where they failed. */
  runFailed(): Promise<void>
  /** Repeats the last run. */
  rerun(): Promise<void>
  /** Stops at once on the screen; the core cleans up in the background. */
  stop(): void
}

export interface ConnectivityState extends Results, LoadActions, OptionActions, RunActions {}

/** The last whole results: while a check runs, a row that it has not reached is neither failed nor passed. */
export const settledMatrix = ({ running, matrix, stableMatrix }: ConnectivityState): Matrix =>
  running ? stableMatrix : matrix

export type ConnectivityStore = StoreApi<ConnectivityState>

interface OfPlane {
  readonly planeId: string
}

/** The procedures that this store calls. */
export interface ConnectivityClient {
  readonly connectivity: Pick<Client['connectivity'], 'last' | 'runs' | 'vantages'> & {
    rows(of: OfPlane): Promise<EndpointRow[]>
    proxy(of: OfPlane): Promise<ProxyView>
    /** Absent: no run is saved. */
    verdictHistory?(of: OfPlane): Promise<VerdictHistory>
    check(
      input: { planeId: string; endpoints?: string[] | undefined; from: VantageRequest[]; holdSeconds: number },
      options: { readonly signal: AbortSignal },
    ): Promise<AsyncIterable<CheckEvent>>
  }
}

/** Where the chosen vantages of a plane are saved. */
const choiceName = (planeId: string) => `hangar.vantages.${planeId}`

const initialResults: Results = {
  planeId: undefined,
  rows: undefined,
  matrix: emptyMatrix,
  stableMatrix: emptyMatrix,
  running: false,
  stopped: false,
  problem: undefined,
  unverified: false,
  offers: undefined,
  offersProblem: undefined,
  chosenVantages: firstChoice(undefined, null),
  holdSeconds: 0,
  proxy: undefined,
  runs: [],
  verdictHistory: undefined,
  shown: 'matrix',
  filter: noFilter,
  openRows: {},
}

type Access = Pick<ConnectivityStore, 'getState' | 'setState'>

export const createConnectivityStore = (client: ConnectivityClient): ConnectivityStore =>
  createStore<ConnectivityState>()((setState, getState) => {
    const access: Access = { getState, setState }
    const runs = runActions(client, access)
    return { ...initialResults, ...loadActions(client, access, runs.abort), ...optionActions(access), ...runs.actions }
  })

function loadActions({ connectivity }: ConnectivityClient, { getState, setState }: Access, abortRun: () => void) {
  return {
    async load(planeId) {
      if (getState().planeId !== planeId) {
        abortRun()
        const verdictHistory = connectivity.verdictHistory === undefined ? undefined : 'loading'
        setState({ ...initialResults, planeId, verdictHistory })
      }
      void getState().loadOffers()
      void getState().loadVerdictHistory()
      const [rows, last, runs, proxy] = await Promise.all([
        attempt(() => connectivity.rows({ planeId })),
        attempt(() => connectivity.last({ planeId })),
        attempt(() => connectivity.runs({ planeId })),
        attempt(() => connectivity.proxy({ planeId })),
      ])
      if (getState().planeId !== planeId || getState().running) return
      if (!rows.ok) return setState({ problem: rows.problem })
      const matrix = last.ok && last.value !== null ? matrixOf(last.value) : getState().matrix
      setState({
        rows: rows.value,
        matrix,
        stableMatrix: matrix,
        stopped: false,
        // Results that do not verify are the last ones only if no run verifies.
        unverified: last.ok && last.value !== null && runs.ok && !runs.value.some(({ verified }) => verified),
        problem: last.ok ? undefined : last.problem,
        proxy: proxy.ok ? proxy.value : undefined,
        runs: runs.ok ? runs.value : [],
        chosenVantages: firstChoice(recallForLong(choiceName(planeId), isChoice), last.ok ? last.value : null),
      })
    },
    async loadOffers() {
      const { planeId } = getState()
      if (planeId === undefined) return
      const offers = await attempt(() => connectivity.vantages({ planeId }))
      if (getState().planeId !== planeId) return
      setState(offers.ok ? { offers: offers.value, offersProblem: undefined } : { offersProblem: offers.problem })
    },
    async loadVerdictHistory() {
      const { planeId } = getState()
      if (planeId === undefined || connectivity.verdictHistory === undefined) return
      const history = await attempt(async () => connectivity.verdictHistory?.({ planeId }))
      if (getState().planeId === planeId && history.ok) setState({ verdictHistory: history.value })
    },
  } satisfies LoadActions
}

function optionActions({ getState, setState }: Access) {
  return {
    chooseVantages(requests) {
      const { planeId } = getState()
      if (planeId === undefined || !isChoice(requests)) return
      keepForLong(choiceName(planeId), requests)
      setState({ chosenVantages: requests })
    },
    setHoldSeconds: (holdSeconds) => setState({ holdSeconds }),
    show: (shown) => setState({ shown }),
    setFilter: (filter) => setState((state) => ({ filter: { ...state.filter, ...filter } })),
    openRow: (endpoint, at) =>
      setState(({ openRows: { [endpoint]: _, ...others } }) => ({
        openRows: at === undefined ? others : { ...others, [endpoint]: at },
      })),
    setOpenRows: (openRows) => setState({ openRows }),
  } satisfies OptionActions
}

function runActions({ connectivity }: ConnectivityClient, { getState, setState }: Access) {
  let current = new AbortController()
  let last: PartialRun | undefined

  /** After a run the core merges its results into the last report: with all findings, and an id for exports. */
  async function loadMergedReport(planeId: string) {
    void getState().loadVerdictHistory()
    const [last, runs] = await Promise.all([
      attempt(() => connectivity.last({ planeId })),
      attempt(() => connectivity.runs({ planeId })),
    ])
    if (getState().planeId !== planeId || getState().running || !last.ok || last.value === null) return
    const matrix = matrixOf(last.value)
    setState({ matrix, stableMatrix: matrix, ...(runs.ok ? { runs: runs.value } : {}) })
  }

  /** Applies the events of a run until it ends; true if it finished. */
  async function applyEvents(planeId: string, part: PartialRun | undefined, signal: AbortSignal): Promise<boolean> {
    const { rows, chosenVantages, holdSeconds } = getState()
    const extent: Extent = part === undefined ? 'whole' : 'part'
    // Rows are listed by id even if they are all: a run from one vantage is not a run of the whole table.
    const endpoints = part === undefined ? undefined : [...(part.endpoints ?? rows?.map(({ id }) => id) ?? [])]
    const input = { planeId, endpoints, from: [...(part?.from ?? chosenVantages)], holdSeconds }
    const batch = createBatch<CheckEvent>((events) => {
      if (signal.aborted) return
      setState(({ matrix }) => ({ matrix: events.reduce((sum, event) => applyEvent(sum, event, extent), matrix) }))
    })
    let finished = false
    try {
      for await (const event of await connectivity.check(input, { signal })) {
        batch.add(event)
        finished ||= event.kind === 'finished'
      }
    } catch (error) {
      if (!isAbort(error, signal)) setState({ problem: toReport(error) })
    } finally {
      batch.flush()
    }
    return finished
  }

  const actions = {
    async run(part) {
      const { planeId, running, matrix: before, filter } = getState()
      if (planeId === undefined || running) return
      last = part
      current = new AbortController()
      const { signal } = current
      setState({ running: true, stopped: false, problem: undefined, stableMatrix: before })
      if (part === undefined && filter.finding !== undefined) getState().setFilter({ finding: undefined })
      const finished = await applyEvents(planeId, part, signal)
      // `stop` has set the state of a stopped run.
      if (signal.aborted) return
      const matrix = finished ? getState().matrix : settleStoppedRun(before, getState().matrix)
      setState({ running: false, stopped: !finished, matrix, stableMatrix: matrix })
      // A run of the whole table replaces results that do not verify.
      if (finished && part === undefined) setState({ unverified: false })
      if (finished) await loadMergedReport(planeId)
    },
    rerun: () => getState().run(last),
    async runFailed() {
      const { matrix } = getState()
      const endpoints = failedEndpoints(matrix)
      if (endpoints.length > 0) await getState().run({ endpoints, from: requestsFor(failedVantages(matrix)) })
    },
    stop() {
      const { running, stableMatrix, matrix } = getState()
      if (!running) return
      current.abort()
      const settled = settleStoppedRun(stableMatrix, matrix)
      setState({ running: false, stopped: true, matrix: settled, stableMatrix: settled })
    },
  } satisfies RunActions
  return { actions, abort: () => current.abort() }
}
