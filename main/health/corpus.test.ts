import { describe, expect, it } from 'vitest'
import { healthCases, type UpstreamRow, upstreamRows } from '../../test/corpus/health/cases.ts'
import { assess } from './assess.ts'
import { counts } from './counts.ts'
import { isFields } from './fields.ts'
import type { KubernetesObject } from './object.ts'
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

describe('an object of any shape', () => {
  const junk = [null, -1, '2026-13-01', [null], { type: 1 }]

  /** The value with each of its parts replaced in turn. */
  function* damaged(value: unknown): Generator<unknown> {
    yield* junk
    if (Array.isArray(value)) {
      for (const [index, entry] of value.entries()) for (const one of damaged(entry)) yield value.with(index, one)
    } else if (isFields(value)) {
      for (const [key, entry] of Object.entries(value)) for (const one of damaged(entry)) yield { ...value, [key]: one }
    }
  }

  /** An expectation for each of tens of thousands of shapes would take seconds. */
  const isAssessed = (shape: KubernetesObject): boolean => assess(shape, nowMs).reason !== '' && counts(shape) !== null

  it.each(['spec', 'status', 'webhooks'])('is assessed, whatever its %s is', (key) => {
    for (const { object } of healthCases()) {
      const shapes = [...damaged(Reflect.get(object, key))].map((part) => ({ ...object, [key]: part }))
      expect(shapes.find((shape) => !isAssessed(shape))).toBeUndefined()
    }
  })

  it.each(['annotations', 'labels', 'finalizers'])('is assessed, whatever its metadata.%s is', (key) => {
    for (const { object } of healthCases()) {
      const { metadata } = object
      const shapes = [...damaged(metadata[key])].map((part) => ({ ...object, metadata: { ...metadata, [key]: part } }))
      expect(shapes.find((shape) => !isAssessed(shape))).toBeUndefined()
    }
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
