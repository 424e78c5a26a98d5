import { createStore, type StoreApi } from 'zustand/vanilla'
import type {
  CheckEvent,
  ConnectivityReport,
  EndpointRow,
  Finding,
  Result,
  StageResult,
  Vantage,
} from '../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { createBatch } from '../lib/batch.ts'
import type { Client } from '../lib/client.ts'
import { attempt } from '../lib/outcome.ts'
import { isAbort, toReport } from '../lib/problem.ts'

/** One endpoint from one vantage, now. */
export interface Cell {
  readonly state: 'waiting' | 'checking' | 'done'
  readonly stages: readonly StageResult[]
  /** Absent until the check has ended. */
  readonly result: Result | undefined
  /** When the run began that this belongs to. */
  readonly startedAt: string
}

/** Cells by endpoint, then by vantage. */
export type Cells = Readonly<Record<string, Readonly<Record<string, Cell>>>>

export interface Matrix {
  readonly cells: Cells
  readonly findings: readonly Finding[]
  readonly vantages: readonly Vantage[]
  readonly startedAt: string | undefined
}

export interface ConnectivityState {
  readonly planeId: string | undefined
  readonly rows: readonly EndpointRow[] | undefined
  readonly matrix: Matrix
  readonly running: boolean
  readonly problem: ProblemReport | undefined
  /** Rows and last report of a plane. */
  load(planeId: string): Promise<void>
  /** Checks these endpoints, or all. */
  run(endpoints?: readonly string[]): Promise<void>
  stop(): void
}

export type ConnectivityStore = StoreApi<ConnectivityState>

export const vantageKey = ({ kind, name }: Vantage): string => `${kind}/${name}`

const emptyMatrix: Matrix = { cells: {}, findings: [], vantages: [], startedAt: undefined }

function withCell(cells: Cells, endpoint: string, vantage: Vantage, cell: Cell): Cells {
  return { ...cells, [endpoint]: { ...cells[endpoint], [vantageKey(vantage)]: cell } }
}

function withVantage(vantages: readonly Vantage[], vantage: Vantage): readonly Vantage[] {
  return vantages.some((known) => vantageKey(known) === vantageKey(vantage)) ? vantages : [...vantages, vantage]
}

export function matrixOf(report: ConnectivityReport): Matrix {
  let matrix: Matrix = { ...emptyMatrix, findings: report.findings, startedAt: report.startedAt }
  for (const result of report.results) matrix = withResult(matrix, result, report.startedAt)
  return matrix
}

function withResult(matrix: Matrix, result: Result, startedAt: string): Matrix {
  const cell: Cell = { state: 'done', stages: result.stages, result, startedAt }
  return {
    ...matrix,
    cells: withCell(matrix.cells, result.endpoint, result.vantage, cell),
    vantages: withVantage(matrix.vantages, result.vantage),
  }
}

/** Findings after a run over some rows: those that spoke of these rows alone have been said anew. */
export function mergedFindings(
  old: readonly Finding[],
  fresh: readonly Finding[],
  checked: ReadonlySet<string>,
): readonly Finding[] {
  return [...fresh, ...old.filter(({ endpoints }) => !endpoints.every((endpoint) => checked.has(endpoint)))]
}

/** The next matrix after an event of a run that began at `startedAt`. */
export function advanced(matrix: Matrix, event: CheckEvent): Matrix {
  switch (event.kind) {
    case 'started': {
      let { cells, vantages } = matrix
      for (const { endpoint, vantage } of event.rows) {
        cells = withCell(cells, endpoint, vantage, {
          state: 'waiting',
          stages: [],
          result: undefined,
          startedAt: event.startedAt,
        })
        vantages = withVantage(vantages, vantage)
      }
      return { ...matrix, cells, vantages, startedAt: event.startedAt }
    }
    case 'stage': {
      const before = matrix.cells[event.endpoint]?.[vantageKey(event.vantage)]
      const cell: Cell = {
        state: 'checking',
        stages: [...(before?.state === 'done' ? [] : (before?.stages ?? [])), event.stage],
        result: undefined,
        startedAt: matrix.startedAt ?? '',
      }
      return { ...matrix, cells: withCell(matrix.cells, event.endpoint, event.vantage, cell) }
    }
    case 'result':
      return withResult(matrix, event.result, matrix.startedAt ?? '')
    case 'finished': {
      const checked = new Set(event.report.results.map(({ endpoint }) => endpoint))
      const findings = mergedFindings(matrix.findings, event.report.findings, checked)
      const done = event.report.results.reduce((sum, result) => withResult(sum, result, event.report.startedAt), matrix)
      return { ...done, findings }
    }
    case 'waiting':
    case 'vantage':
      return matrix
  }
}

/** After a run that ended early: rows that were not reached have what was known of them before. */
export function settled(before: Matrix, after: Matrix): Matrix {
  const cells: Record<string, Record<string, Cell>> = {}
  for (const [endpoint, byVantage] of Object.entries(after.cells)) {
    for (const [key, cell] of Object.entries(byVantage)) {
      const kept = cell.state === 'done' ? cell : before.cells[endpoint]?.[key]
      if (kept !== undefined) cells[endpoint] = { ...cells[endpoint], [key]: kept }
    }
  }
  return { ...after, cells, startedAt: Object.keys(cells).length === 0 ? before.startedAt : after.startedAt }
}

/** What of the core this store asks for. */
export interface ConnectivityClient {
  readonly connectivity: Pick<Client['connectivity'], 'rows' | 'check' | 'last'>
}

export const createConnectivityStore = (client: ConnectivityClient): ConnectivityStore =>
  createStore<ConnectivityState>()((set, get) => {
    let run = new AbortController()
    return {
      planeId: undefined,
      rows: undefined,
      matrix: emptyMatrix,
      running: false,
      problem: undefined,
      async load(planeId) {
        if (get().planeId !== planeId) {
          run.abort()
          set({ planeId, rows: undefined, matrix: emptyMatrix, running: false, problem: undefined })
        }
        const [rows, last] = await Promise.all([
          attempt(() => client.connectivity.rows({ planeId })),
          attempt(() => client.connectivity.last({ planeId })),
        ])
        if (get().planeId !== planeId || get().running) return
        if (!rows.ok) return set({ problem: rows.problem })
        const matrix = last.ok && last.value !== null ? matrixOf(last.value) : get().matrix
        set({ rows: rows.value, matrix, problem: last.ok ? undefined : last.problem })
      },
      async run(endpoints) {
        const { planeId, running, matrix: before } = get()
        if (planeId === undefined || running) return
        run = new AbortController()
        const { signal } = run
        set({ running: true, problem: undefined })
        const batch = createBatch<CheckEvent>((events) => {
          if (!signal.aborted) set(({ matrix }) => ({ matrix: events.reduce(advanced, matrix) }))
        })
        try {
          const input = endpoints === undefined ? { planeId } : { planeId, endpoints: [...endpoints] }
          for await (const event of await client.connectivity.check(input, { signal })) batch.add(event)
        } catch (error) {
          if (!isAbort(error, signal)) set({ problem: toReport(error) })
        } finally {
          batch.flush()
          if (get().planeId === planeId) set(({ matrix }) => ({ running: false, matrix: settled(before, matrix) }))
        }
      },
      stop: () => run.abort(),
    }
  })

/** The one verdict of a row: its worst over all vantages, for counts and filters. */
export function failedEndpoints({ cells }: Matrix): readonly string[] {
  return Object.entries(cells)
    .filter(([, byVantage]) => Object.values(byVantage).some(({ result }) => result?.verdict === 'fail'))
    .map(([endpoint]) => endpoint)
}
