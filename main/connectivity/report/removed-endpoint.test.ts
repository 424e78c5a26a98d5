import { expect, it } from 'vitest'
import { isRequired, removedEndpoint } from '../../../preload/endpoint-rows.ts'
import { exitCode } from '../../../preload/exit-code.ts'
import { compare } from '../history/compare.ts'
import { sampleReport, sampleResult } from '../history/sample.ts'
import { renderReport } from './render.ts'

it('an endpoint that was removed since its run counts as required for exit code, JUnit and comparison alike', () => {
  const [before, after] = [
    sampleReport([sampleResult('kept'), sampleResult('removed', 'unknown', 'config.missing')]),
    sampleReport([sampleResult('kept')]),
  ]
  const rows = [{ ...removedEndpoint('kept'), required: false }]

  expect(isRequired('removed', rows)).toBe(true)
  expect(removedEndpoint('removed').required).toBe(true)
  expect(exitCode(before, rows)).toBe(1)
  const junit = renderReport('junit', { title: 'plane', version: '1', rows, report: before }).text
  expect(junit).toContain('<error')
  expect(compare(before, after).changes).toMatchObject([{ endpoint: 'removed', kind: 'removed', after: null }])
  expect(exitCode(after, rows)).toBe(0)
})
