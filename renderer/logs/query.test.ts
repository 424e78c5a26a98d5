import { describe, expect, it } from 'vitest'
import type { LogRecord, LogStatus } from '../../preload/contract/logs.ts'
import { beginningAt, emptyFilter, histogramSpan, isFiltered, maxLoadedLines, toQuery, withArrived } from './query.ts'
import { sampleRecord } from './sample.ts'

const planeId = '0b8f6c1e-52a4-4f5e-9d3c-2f1a6b7c8d90'
const now = Date.parse('2026-03-01T12:00:00Z')

const record = (id: string, at: string): LogRecord => sampleRecord({ id, at })

const status: LogStatus = {
  schemaVersion: 1,
  records: 1,
  rawBytes: 1,
  storedBytes: 1,
  oldest: '2026-03-01T11:00:00Z',
  newest: '2026-03-01T11:00:00Z',
  protection: 'keychain',
  collecting: false,
  sources: [],
}

describe('a log filter', () => {
  it('turns a range up to now into times, and trims the text', () => {
    const query = toQuery(planeId, { ...emptyFilter, text: '  refused ', range: { kind: 'last', ms: 3_600_000 } }, now)
    expect(query).toMatchObject({ text: 'refused', from: '2026-03-01T11:00:00.000Z' })
    expect(query.to).toBeUndefined()
  })

  it.each([
    ['newest', { to: '2026-03-01T09:00:00.000Z' }],
    ['oldest', { from: '2026-03-01T09:00:00.000Z' }],
  ] as const)('begins a list of an engine that is %s first at a time', (order, expected) => {
    const query = beginningAt({ planeId }, { ...emptyFilter, order, at: '2026-03-01T09:00:00.000Z' })
    expect({ ...(query.from && { from: query.from }), ...(query.to && { to: query.to }) }).toEqual(expected)
  })

  it('is active when any part narrows the search', () => {
    expect(isFiltered(emptyFilter)).toBe(false)
    expect(isFiltered({ ...emptyFilter, text: '  ' })).toBe(false)
    expect(isFiltered({ ...emptyFilter, levels: ['ERROR'] })).toBe(true)
  })

  it('gives the histogram a span of at least one second, even for a single line', () => {
    const span = histogramSpan({ kind: 'all' }, status, now)
    expect(Date.parse(span?.to ?? '') - Date.parse(span?.from ?? '')).toBe(1_000)
    expect(histogramSpan({ kind: 'all' }, { ...status, oldest: null, newest: null }, now)).toBeUndefined()
  })
})

describe('new lines', () => {
  it('are inserted at the top, newest first, each once', () => {
    const before = [record('2', '2026-03-01T10:00:02Z'), record('1', '2026-03-01T10:00:01Z')]
    const after = withArrived(before, [record('3', '2026-03-01T10:00:03Z'), record('2', '2026-03-01T10:00:02Z')])
    expect(after.map(({ id }) => id)).toEqual(['3', '2', '1'])
  })

  it('are inserted by time when they arrive late', () => {
    const before = [record('3', '2026-03-01T10:00:03Z'), record('1', '2026-03-01T10:00:01Z')]
    expect(withArrived(before, [record('2', '2026-03-01T10:00:02Z')]).map(({ id }) => id)).toEqual(['3', '2', '1'])
  })

  it('are inserted at the end of a list that is oldest first', () => {
    const before = [record('1', '2026-03-01T10:00:01Z'), record('3', '2026-03-01T10:00:03Z')]
    const after = withArrived(
      before,
      [record('4', '2026-03-01T10:00:04Z'), record('2', '2026-03-01T10:00:02Z')],
      'oldest',
    )
    expect(after.map(({ id }) => id)).toEqual(['1', '2', '3', '4'])
  })

  it('replace the oldest beyond the limit', () => {
    const many = Array.from({ length: maxLoadedLines }, (_, index) => record(`a${index}`, '2026-03-01T10:00:00Z'))
    expect(withArrived(many, [record('z', '2026-03-01T11:00:00Z')])).toHaveLength(maxLoadedLines)
  })
})
