import type { EndpointRow, Finding } from '../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import { t } from '../../strings/t.ts'
import { causesOf } from './causes.ts'
import { type Matrix, verdictOf, worstOf } from './matrix.ts'

/** Which rows are shown. */
export interface Filter {
  readonly verdict: 'all' | 'fail' | 'warn' | 'unknown'
  /** Words that must all occur in the texts of a row. */
  readonly text: string
  /** Only the rows of this finding. */
  readonly finding: string | undefined
  /** `failing`: rows that failed or have a warning before all others. */
  readonly order: 'failing' | 'listed'
}

/** By endpoint: the vantage whose details are open. */
export type OpenRows = Readonly<Record<string, string>>

export const noFilter: Filter = { verdict: 'all', text: '', finding: undefined, order: 'failing' }

export const findingKey = ({ cause, endpoints, vantages }: Finding): string =>
  [cause, ...endpoints, ...vantages.map(({ kind, name }) => `${kind}/${name}`)].join(' ')

function matchesText(row: EndpointRow, matrix: Matrix, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const causes = Object.values(matrix.cells[row.id] ?? {}).map(({ result }) => result?.cause ?? '')
  const { title, id, host, port, protocol, componentTitle, component } = row
  const text = [title, id, host, port, protocol, componentTitle, component, ...causes].join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}

/** Does the row have this verdict from any vantage? Comparing the worst only would hide a warning behind a failure. */
function hasVerdict(row: EndpointRow, { cells }: Matrix, verdict: Verdict): boolean {
  return Object.values(cells[row.id] ?? {}).some((cell) => verdictOf(cell) === verdict)
}

/** A titled part of the table. */
export interface Group {
  readonly title: string
  readonly rows: readonly EndpointRow[]
  /** Its rows are of several components, so each names its own. */
  readonly isMixed?: boolean
}

/**
 * The rows to show: those that failed and those with a warning, then the others by component. `stableMatrix` has the results
 * before the run in progress: filters and order use it too, so that no row disappears or moves while it is checked.
 */
export function visibleGroups(
  rows: readonly EndpointRow[],
  matrix: Matrix,
  filter: Filter,
  stableMatrix: Matrix = matrix,
): readonly Group[] {
  const { verdict } = filter
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  const finding = [...causesOf(matrix, stableMatrix), ...causesOf(stableMatrix)].find(
    (one) => findingKey(one) === filter.finding,
  )
  const shown = rows.filter(
    (row) =>
      (verdict === 'all' || hasVerdict(row, matrix, verdict) || hasVerdict(row, stableMatrix, verdict)) &&
      (finding === undefined || finding.endpoints.includes(row.id)) &&
      matchesText(row, matrix, words),
  )
  const lifted = filter.order === 'listed' ? [] : liftedGroups(shown, stableMatrix)
  const isLifted = new Set(lifted.flatMap((group) => group.rows))
  const others = shown.filter((row) => !isLifted.has(row))
  return [
    ...lifted,
    ...[...Map.groupBy(others, ({ componentTitle }) => componentTitle)].map(([title, members]) => ({
      title,
      rows: members,
    })),
  ]
}

/** The verdicts that need a person. What is unknown is not among them: a vantage that cannot run would lift every row. */
function liftedGroups(rows: readonly EndpointRow[], stableMatrix: Matrix): readonly Group[] {
  return (['fail', 'warn'] as const)
    .map((verdict) => ({
      title: t(`connectivity.matrix.lifted.${verdict}`),
      rows: rows.filter(({ id }) => gravestOf(stableMatrix, id) === verdict),
      isMixed: true,
    }))
    .filter((group) => group.rows.length > 0)
}

/** A failure from one vantage counts more than an unknown result from another, and so does a warning. */
function gravestOf({ cells }: Matrix, endpoint: string): 'fail' | 'warn' | undefined {
  const verdicts = new Set(Object.values(cells[endpoint] ?? {}).map(verdictOf))
  return (['fail', 'warn'] as const).find((verdict) => verdicts.has(verdict))
}

/** The groups without the rows that passed from every vantage, and these rows by themselves. `stableMatrix`: as for `visibleGroups`. */
export function withoutPassed(
  groups: readonly Group[],
  stableMatrix: Matrix,
): { readonly open: readonly Group[]; readonly passed: readonly Group[] } {
  const part = (isPassed: boolean) =>
    groups
      .map(({ rows, ...group }) => ({
        ...group,
        rows: rows.filter(({ id }) => (worstOf(stableMatrix, id) === 'pass') === isPassed),
      }))
      .filter(({ rows }) => rows.length > 0)
  return { open: part(false), passed: part(true) }
}

export const countRows = (groups: readonly Group[]): number => groups.reduce((sum, { rows }) => sum + rows.length, 0)

/** The number of rows that each verdict filter shows. */
export function filterCounts(
  rows: readonly EndpointRow[],
  matrix: Matrix,
): Readonly<Record<Filter['verdict'], number>> {
  const count = (verdict: Verdict) => rows.filter((row) => hasVerdict(row, matrix, verdict)).length
  return { all: rows.length, fail: count('fail'), warn: count('warn'), unknown: count('unknown') }
}
