import type { EndpointRow, Finding } from '../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import { verdictsWorstFirst } from '../../../preload/verdicts.ts'
import { type Matrix, worstOf } from './matrix.ts'

/** Which rows are shown. */
export interface Filter {
  readonly verdict: 'all' | 'fail' | 'warn' | 'unknown'
  /** Words that a row has all of, in any of its texts. */
  readonly text: string
  /** Only the rows of this finding. */
  readonly finding: string | undefined
  readonly order: 'listed' | 'worst'
}

export const noFilter: Filter = { verdict: 'all', text: '', finding: undefined, order: 'listed' }

export const findingKey = ({ cause, endpoints, vantages }: Finding): string =>
  [cause, ...endpoints, ...vantages.map(({ kind, name }) => `${kind}/${name}`)].join(' ')

function matchesText(row: EndpointRow, matrix: Matrix, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const causes = Object.values(matrix.cells[row.id] ?? {}).map(({ result }) => result?.cause ?? '')
  const { title, id, host, port, protocol, componentTitle, component } = row
  const text = [title, id, host, port, protocol, componentTitle, component, ...causes].join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}

/** Has the row this verdict from any vantage? Worst of all would hide a warning behind a failure elsewhere. */
function hasVerdict(row: EndpointRow, { cells }: Matrix, verdict: Verdict): boolean {
  return Object.values(cells[row.id] ?? {}).some(
    ({ result, previousVerdict }) => (result?.verdict ?? previousVerdict) === verdict,
  )
}

/** A titled part of the table. */
export interface Group {
  readonly title: string
  readonly rows: readonly EndpointRow[]
}

/**
 * The rows to show, in groups: by component as listed, or all in one, the worst first. While a check runs, `stableMatrix` is what
 * stood before it: rows neither leave nor change places under the eyes of who reads them.
 */
export function visibleGroups(
  rows: readonly EndpointRow[],
  matrix: Matrix,
  filter: Filter,
  stableMatrix: Matrix = matrix,
): readonly Group[] {
  const { verdict } = filter
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  const finding = [...matrix.findings, ...stableMatrix.findings].find((one) => findingKey(one) === filter.finding)
  const shown = rows.filter(
    (row) =>
      (verdict === 'all' || hasVerdict(row, matrix, verdict) || hasVerdict(row, stableMatrix, verdict)) &&
      (finding === undefined || finding.endpoints.includes(row.id)) &&
      matchesText(row, matrix, words),
  )
  if (filter.order === 'worst') {
    if (shown.length === 0) return []
    const rank = (row: EndpointRow) => {
      const worst = worstOf(stableMatrix, row.id)
      return worst === undefined ? verdictsWorstFirst.length : verdictsWorstFirst.indexOf(worst)
    }
    return [{ title: 'The worst first', rows: shown.toSorted((one, other) => rank(one) - rank(other)) }]
  }
  return [...Map.groupBy(shown, ({ componentTitle }) => componentTitle)].map(([title, members]) => ({
    title,
    rows: members,
  }))
}

/** How many rows each filter by verdict would show. */
export function filterCounts(
  rows: readonly EndpointRow[],
  matrix: Matrix,
): Readonly<Record<Filter['verdict'], number>> {
  const count = (verdict: Verdict) => rows.filter((row) => hasVerdict(row, matrix, verdict)).length
  return { all: rows.length, fail: count('fail'), warn: count('warn'), unknown: count('unknown') }
}
