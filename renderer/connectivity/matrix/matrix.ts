import type {
  CheckEvent,
  ConnectivityReport,
  Finding,
  Result,
  StageResult,
  Vantage,
  VantageOutcome,
} from '../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import { findingsAfterRecheck } from '../../../preload/findings.ts'
import { cellKey, vantageKey } from '../../../preload/vantages.ts'
import { countVerdicts, verdictsWorstFirst, worstVerdict } from '../../../preload/verdicts.ts'

/** One endpoint from one vantage. */
export interface Cell {
  readonly state: 'waiting' | 'checking' | 'done'
  readonly stages: readonly StageResult[]
  /** Undefined until the check ends. */
  readonly result: Result | undefined
  /** The result before the run in progress: a filter by verdict does not hide a row while it is checked. */
  readonly previous: Result | undefined
  /** The start of the run that checked it. */
  readonly startedAt: string
}

/** Cells by endpoint, then by vantage. */
type Cells = Readonly<Record<string, Readonly<Record<string, Cell>>>>

/** The state of a vantage itself: what it waits for, and its outcome. */
export interface VantageState {
  readonly waitingFor: string
  readonly outcome: VantageOutcome | undefined
}

export interface Matrix {
  readonly cells: Cells
  /** By vantage. */
  readonly vantageStates: Readonly<Record<string, VantageState>>
  readonly findings: readonly Finding[]
  readonly vantages: readonly Vantage[]
  /** The start of the latest run of the whole table; undefined: never checked. Cells can be newer or older. */
  readonly startedAt: string | undefined
  /** The start of the run in progress, or of the last one. */
  readonly runAt: string
  /** The id under which the core has these results, for exports. */
  readonly reportId: string | undefined
}

export const emptyMatrix: Matrix = {
  cells: {},
  vantageStates: {},
  findings: [],
  vantages: [],
  startedAt: undefined,
  runAt: '',
  reportId: undefined,
}

/** `whole`: every row, from the chosen vantages. `part`: some rows or vantages; the other cells stay. */
export type Extent = 'whole' | 'part'

export const cellOf = (matrix: Matrix, endpoint: string, vantage: Vantage): Cell | undefined =>
  matrix.cells[endpoint]?.[vantageKey(vantage)]

function withCell(cells: Cells, endpoint: string, vantage: Vantage, cell: Cell): Cells {
  return { ...cells, [endpoint]: { ...cells[endpoint], [vantageKey(vantage)]: cell } }
}

function withVantage(vantages: readonly Vantage[], vantage: Vantage): readonly Vantage[] {
  return vantages.some((known) => vantageKey(known) === vantageKey(vantage)) ? vantages : [...vantages, vantage]
}

const initialVantageState: VantageState = { waitingFor: '', outcome: undefined }

function withVantageState(matrix: Matrix, vantage: Vantage, state: Partial<VantageState>): Matrix {
  const key = vantageKey(vantage)
  return {
    ...matrix,
    vantages: withVantage(matrix.vantages, vantage),
    vantageStates: {
      ...matrix.vantageStates,
      [key]: { ...initialVantageState, ...matrix.vantageStates[key], ...state },
    },
  }
}

function withResult(matrix: Matrix, result: Result, startedAt: string): Matrix {
  const { endpoint, vantage, stages } = result
  const previous = cellOf(matrix, endpoint, vantage)?.previous
  const cell: Cell = { state: 'done', stages, result, previous, startedAt }
  return {
    ...matrix,
    cells: withCell(matrix.cells, endpoint, vantage, cell),
    vantages: withVantage(matrix.vantages, vantage),
  }
}

function withResults(matrix: Matrix, results: readonly Result[], timeOf: (result: Result) => string): Matrix {
  const cells: Record<string, Record<string, Cell>> = {}
  let { vantages } = matrix
  for (const result of results) {
    const { endpoint, vantage, stages } = result
    const byVantage = cells[endpoint] ?? { ...matrix.cells[endpoint] }
    cells[endpoint] = byVantage
    byVantage[vantageKey(vantage)] = {
      state: 'done',
      stages,
      result,
      previous: undefined,
      startedAt: timeOf(result),
    }
    vantages = withVantage(vantages, vantage)
  }
  return { ...matrix, cells: { ...matrix.cells, ...cells }, vantages }
}

/** A row that was checked later than this after the start of its run, or earlier (clocks differ), is of another run. */
const lateMs = 5 * 60_000
const earlyMs = 60_000

/** When a row was checked. The last report can hold rows of several runs, which only the times of their stages show. */
function checkedAt({ stages }: Result, runAt: string): string {
  const at = stages.find((stage) => stage.at !== '')?.at
  const lateness = Date.parse(at ?? runAt) - Date.parse(runAt)
  return at === undefined || (lateness < lateMs && lateness > -earlyMs) ? runAt : at
}

/** A report as a matrix. */
export function matrixOf(report: ConnectivityReport): Matrix {
  const { findings, startedAt, runId, vantages, results } = report
  const vantageStates = vantages.reduce(
    (sum, outcome) => withVantageState(sum, outcome.vantage, { outcome }),
    emptyMatrix,
  )
  const rows = withResults(vantageStates, results, (result) => checkedAt(result, startedAt))
  return { ...rows, findings, startedAt, runAt: startedAt, reportId: runId }
}

/** What a matrix showed before these results. */
function matrixBefore({ cells, findings, startedAt = '' }: Matrix, fresh: readonly Result[]) {
  const checked = new Set(fresh.map(cellKey))
  const results = Object.values(cells)
    .flatMap((byVantage) => Object.values(byVantage))
    .flatMap(({ result, previous }) => (result !== undefined && checked.has(cellKey(result)) ? previous : result) ?? [])
  return { startedAt, findings, results }
}

/** The matrix after an event of a run of this extent. */
export function applyEvent(matrix: Matrix, event: CheckEvent, extent: Extent): Matrix {
  switch (event.kind) {
    case 'started':
      return applyStarted(matrix, event, extent)
    case 'waiting':
      return withVantageState(matrix, event.vantage, { waitingFor: event.message })
    case 'vantage':
      return withVantageState(matrix, event.outcome.vantage, { waitingFor: '', outcome: event.outcome })
    case 'stage': {
      const { endpoint, vantage, stage } = event
      const before = cellOf(matrix, endpoint, vantage)
      const cell: Cell = {
        state: 'checking',
        stages: [...(before?.state === 'done' ? [] : (before?.stages ?? [])), stage],
        result: undefined,
        previous: before?.previous,
        startedAt: matrix.runAt,
      }
      return clearWaiting({ ...matrix, cells: withCell(matrix.cells, endpoint, vantage, cell) }, vantage)
    }
    case 'result':
      return clearWaiting(withResult(matrix, event.result, matrix.runAt), event.result.vantage)
    case 'finished': {
      const { report } = event
      const done = withResults(matrix, report.results, () => report.startedAt)
      const headed = report.vantages.reduce(
        (sum, outcome) => withVantageState(sum, outcome.vantage, { waitingFor: '', outcome }),
        done,
      )
      const whole = extent === 'whole'
      return {
        ...headed,
        findings: whole ? report.findings : findingsAfterRecheck(matrixBefore(matrix, report.results), report),
        reportId: whole ? report.runId : matrix.reportId,
      }
    }
  }
}

/** The first event of a row ends the waiting of its vantage. */
function clearWaiting(matrix: Matrix, vantage: Vantage): Matrix {
  const state = matrix.vantageStates[vantageKey(vantage)]
  return state === undefined || state.waitingFor === '' ? matrix : withVantageState(matrix, vantage, { waitingFor: '' })
}

function applyStarted(matrix: Matrix, event: Extract<CheckEvent, { kind: 'started' }>, extent: Extent): Matrix {
  const { startedAt, rows } = event
  let { cells, vantages, vantageStates } = matrix
  for (const { endpoint, vantage } of rows) {
    const before = cellOf(matrix, endpoint, vantage)
    cells = withCell(cells, endpoint, vantage, {
      state: 'waiting',
      stages: [],
      result: undefined,
      previous: before?.result ?? before?.previous,
      startedAt,
    })
    vantages = withVantage(vantages, vantage)
    vantageStates = { ...vantageStates, [vantageKey(vantage)]: initialVantageState }
  }
  const whole = extent === 'whole' || matrix.startedAt === undefined
  return {
    ...matrix,
    cells,
    vantages,
    vantageStates,
    runAt: startedAt,
    startedAt: whole ? startedAt : matrix.startedAt,
  }
}

/** The matrix after a run that ended early: cells that were not reached keep their previous results. */
export function settleStoppedRun(before: Matrix, after: Matrix): Matrix {
  const cells: Record<string, Record<string, Cell>> = {}
  const keep = (from: Cells) => {
    for (const [endpoint, byVantage] of Object.entries(from)) {
      for (const [key, cell] of Object.entries(byVantage)) {
        if (cell.state === 'done') cells[endpoint] = { ...cells[endpoint], [key]: cell }
      }
    }
  }
  keep(before.cells)
  keep(after.cells)
  const known = new Set(Object.values(cells).flatMap((byVantage) => Object.keys(byVantage)))
  const vantageStates = { ...before.vantageStates }
  for (const [key, state] of Object.entries(after.vantageStates)) {
    if (state.outcome !== undefined) vantageStates[key] = { ...state, waitingFor: '' }
  }
  return {
    cells,
    vantageStates,
    findings: after.findings,
    vantages: after.vantages.filter(
      (vantage) => known.has(vantageKey(vantage)) || vantageStates[vantageKey(vantage)] !== undefined,
    ),
    startedAt: before.startedAt ?? (known.size > 0 ? after.startedAt : undefined),
    runAt: after.runAt,
    reportId: before.reportId,
  }
}

/** The verdict to filter and order by: the previous one while a check is in progress. */
export const verdictOf = ({ result, previous }: Cell): Verdict | undefined => (result ?? previous)?.verdict

/** The worst verdict of a row over all its vantages. */
export function worstOf({ cells }: Matrix, endpoint: string): Verdict | undefined {
  return worstVerdict(Object.values(cells[endpoint] ?? {}).flatMap((cell) => verdictOf(cell) ?? []))
}

/** Rows that failed from any vantage. */
export function failedEndpoints({ cells }: Matrix): readonly string[] {
  return Object.entries(cells)
    .filter(([, byVantage]) => Object.values(byVantage).some(({ result }) => result?.verdict === 'fail'))
    .map(([endpoint]) => endpoint)
}

/** More open rows would hide that there are more. */
const openedFailures = 5

/** The first rows that failed, each with the vantage to open it at. */
export const openFailures = ({ cells }: Matrix): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(cells)
      .flatMap(([endpoint, byVantage]) => {
        const failed = Object.entries(byVantage).find(([, { result }]) => result?.verdict === 'fail')
        return failed === undefined ? [] : [[endpoint, failed[0]] as const]
      })
      .slice(0, openedFailures),
  )

/** Vantages from which at least one row failed. */
export function failedVantages({ cells, vantages }: Matrix): readonly Vantage[] {
  const rows = Object.values(cells)
  return vantages.filter((vantage) =>
    rows.some((byVantage) => byVantage[vantageKey(vantage)]?.result?.verdict === 'fail'),
  )
}

/** The number of cells per verdict. */
export function matrixCounts({ cells }: Matrix): Readonly<Record<Verdict, number>> {
  return countVerdicts(
    Object.values(cells).flatMap((byVantage) => Object.values(byVantage).flatMap(({ result }) => result ?? [])),
  )
}

/** The number of results that are newer or older than the table's run. */
export function countOffTimeResults({ cells, startedAt = '' }: Matrix): {
  readonly newer: number
  readonly older: number
} {
  const times = Object.values(cells).flatMap((byVantage) =>
    Object.values(byVantage)
      .filter(({ state }) => state === 'done')
      .map((cell) => Date.parse(cell.startedAt)),
  )
  const at = Date.parse(startedAt)
  return { newer: times.filter((time) => time > at).length, older: times.filter((time) => time < at).length }
}

/** By vantage: the time that all its results have in common; undefined where they differ. */
export function columnTimes({ cells, vantages }: Matrix): Readonly<Record<string, string | undefined>> {
  const rows = Object.values(cells)
  return Object.fromEntries(
    vantages.map((vantage) => {
      const key = vantageKey(vantage)
      const times = new Set(
        rows.map((byVantage) => byVantage[key]).flatMap((cell) => (cell?.state === 'done' ? [cell.startedAt] : [])),
      )
      return [key, times.size === 1 ? [...times][0] : undefined]
    }),
  )
}

/** The worst first; equal verdicts in the order of the columns. */
export function worstFirst(vantages: readonly Vantage[], cells: Readonly<Record<string, Cell>>): readonly Vantage[] {
  const rank = (vantage: Vantage) => {
    const verdict = cells[vantageKey(vantage)]?.result?.verdict
    return verdict === undefined ? verdictsWorstFirst.length : verdictsWorstFirst.indexOf(verdict)
  }
  return vantages.toSorted((one, other) => rank(one) - rank(other))
}

/** The vantage that a row opens at by default. */
export function worstAt(vantages: readonly Vantage[], cells: Readonly<Record<string, Cell>>): string {
  const [worst] = worstFirst(vantages, cells)
  return worst === undefined ? '' : vantageKey(worst)
}
