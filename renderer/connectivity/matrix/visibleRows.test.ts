import { expect, it } from 'vitest'
import { finding, laptop, pod, report, result, row } from '../samples.ts'
import { matrixOf, openFailures } from './matrix.ts'
import { filterCounts, findingKey, noFilter, visibleGroups, withoutPassed } from './visibleRows.ts'

const rows = [
  row('cp', { title: 'Control plane', componentTitle: 'Agent' }),
  row('bus', { title: 'Service bus', componentTitle: 'Gateway', port: 5671 }),
  row('acme', { componentTitle: 'Certificates' }),
]
const matrix = matrixOf(
  report(result('cp', 'warn'), result('cp', 'fail', pod), result('bus', 'unknown'), result('acme', 'pass')),
)
const ids = (filter: Partial<typeof noFilter>, at = matrix) =>
  visibleGroups(rows, at, { ...noFilter, ...filter }).flatMap((group) => group.rows.map(({ id }) => id))

it('rows are grouped by component, in the order of the profile', () => {
  const groups = visibleGroups(rows, matrix, { ...noFilter, order: 'listed' })
  expect(groups.map(({ title }) => title)).toEqual(['Agent', 'Gateway', 'Certificates'])
})

it('rows that failed come first, then those with a warning, then the others by component', () => {
  const at = matrixOf(
    report(
      result('cp', 'unknown'),
      result('cp', 'warn', pod),
      result('bus', 'pass'),
      result('acme', 'fail'),
      result('acme', 'unknown', pod),
    ),
  )
  const groups = visibleGroups(rows, at, noFilter)
  expect(groups.map(({ title, rows: shown }) => [title, ...shown.map(({ id }) => id)])).toEqual([
    ['Failed', 'acme'],
    ['Warnings', 'cp'],
    ['Gateway', 'bus'],
  ])
  expect(groups.map(({ isMixed }) => isMixed === true)).toEqual([true, true, false])
})

it('a vantage that cannot run lifts no row', () => {
  const at = matrixOf(report(...rows.map(({ id }) => result(id, 'unknown', pod))))
  expect(visibleGroups(rows, at, noFilter).map(({ title }) => title)).toEqual(['Agent', 'Gateway', 'Certificates'])
})

it.each([
  [{ verdict: 'fail' as const }, ['cp']],
  // A warning from this computer is not hidden by the failure from the pod.
  [{ verdict: 'warn' as const }, ['cp']],
  [{ verdict: 'unknown' as const }, ['bus']],
  [{ text: '5671' }, ['bus']],
  [{ text: 'AGENT control' }, ['cp']],
  [{ text: 'tcp.refused' }, ['cp', 'bus']],
  [{ text: 'nowhere' }, []],
  [{ order: 'failing' as const }, ['cp', 'bus', 'acme']],
])('the filter %j shows the rows %j', (filter, shown) => {
  expect(ids(filter)).toEqual(shown)
})

it('a selected finding shows only its rows', () => {
  const selected = finding('tls.intercepted', [laptop], 'acme')
  const withFinding = { ...matrix, findings: [selected] }
  expect(ids({ finding: findingKey(selected) }, withFinding)).toEqual(['acme'])
})

it('a row neither moves nor disappears while it is checked again', () => {
  const recovered = matrixOf(report(result('cp', 'pass'), result('bus', 'fail'), result('acme', 'pass')))
  const shown = (filter: Partial<typeof noFilter>) =>
    visibleGroups(rows, recovered, { ...noFilter, ...filter }, matrix).flatMap((group) =>
      group.rows.map(({ id }) => id),
    )

  expect(shown({ verdict: 'fail' })).toEqual(['cp', 'bus'])
  expect(shown({ order: 'failing' })).toEqual(['cp', 'bus', 'acme'])
})

it('each filter has the number of rows that it shows', () => {
  expect(filterCounts(rows, matrix)).toEqual({ all: 3, fail: 1, warn: 1, unknown: 1 })
})

it('rows that passed from every vantage are apart; a row that was never checked has not passed', () => {
  const parts = (at: typeof matrix) => {
    const { open, passed } = withoutPassed(visibleGroups(rows, at, { ...noFilter, order: 'listed' }), at)
    return { open: open.map(({ title }) => title), passed: passed.map(({ title }) => title) }
  }
  expect(parts(matrix)).toEqual({ open: ['Agent', 'Gateway'], passed: ['Certificates'] })
  expect(parts(matrixOf(report(result('cp', 'pass'), result('cp', 'pass', pod))))).toEqual({
    open: ['Gateway', 'Certificates'],
    passed: ['Agent'],
  })
})

it('a row that failed is opened at the vantage where it failed, at most five rows', () => {
  expect(Object.keys(openFailures(matrix))).toEqual(['cp'])
  expect(openFailures(matrix).cp).toContain('pod')
  const many = matrixOf(report(...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => result(id, 'fail'))))
  expect(Object.keys(openFailures(many))).toEqual(['a', 'b', 'c', 'd', 'e'])
})
