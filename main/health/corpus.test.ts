import { describe, expect, it } from 'vitest'
import { healthCases, type UpstreamRow, upstreamRows } from '../../test/corpus/health/cases.ts'
import { assess } from './assess.ts'
import { nowMs } from './sample.ts'

describe('the corpus of objects', () => {
  it.each(healthCases())('$file: $id', ({ expect: expected, says, object }) => {
    const { health, reason } = assess(object, nowMs)

    expect(expected, reason).toContain(health)
    if (says !== undefined) expect(reason).toMatch(new RegExp(says))
  })

  it('has each id once', () => {
    const ids = healthCases().map(({ id }) => id)

    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })
})

describe.each([...upstreamRows()])('the rules of %s', (_, rows) => {
  const agrees = ({ expect: expected, object }: UpstreamRow): boolean => assess(object, nowMs).health === expected

  it.each(rows)('$object.kind $id', ({ expect: expected, differs, object }) => {
    const { health, reason } = assess(object, nowMs)

    expect(health, reason).toBe(differs?.health ?? expected)
    expect(differs?.health, 'a difference that is none').not.toBe(expected)
  })

  it('agree in nine of ten rows for the kinds that a plane contains', () => {
    const ofPlane = rows.filter(({ object }) => object.kind !== 'MyCR')

    expect(ofPlane.filter(agrees).length / ofPlane.length).toBeGreaterThanOrEqual(0.9)
  })
})
