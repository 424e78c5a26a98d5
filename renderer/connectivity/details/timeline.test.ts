import { expect, it } from 'vitest'
import { stage } from '../samples.ts'
import { spansOf } from './timeline.ts'

const at = (second: string) => `2026-03-01T10:00:0${second}Z`

it('stages are positioned by their time, with gaps where nothing ran', () => {
  const spans = spansOf([
    { ...stage('dns', 'pass', 100), at: at('0.000') },
    { ...stage('tcp', 'pass', 200), at: at('0.600') },
    { ...stage('tls', 'fail', 200), at: at('0.800') },
  ])

  expect(spans.map(({ startMs }) => startMs)).toEqual([0, 600, 800])
  expect(spans.map(({ left, width }) => [left, width])).toEqual([
    [0, 10],
    [60, 20],
    [80, 20],
  ])
})

it('a stage that was not tried has no bar', () => {
  const [dns, tcp] = spansOf([
    { ...stage('dns', 'fail', 5), at: at('0.000') },
    { ...stage('tcp', 'skipped', 0), at: '' },
  ])

  expect(dns).toMatchObject({ startMs: 0, left: 0, width: 100 })
  expect(tcp).toMatchObject({ startMs: undefined, width: 0 })
})

it('a bar has a minimum width and stays inside the axis', () => {
  const [, last] = spansOf([
    { ...stage('dns', 'pass', 1_000), at: at('0.000') },
    { ...stage('tcp', 'pass', 0), at: at('1.000') },
  ])

  expect((last?.left ?? 0) + (last?.width ?? 0)).toBe(100)
  expect(last?.width).toBeGreaterThan(1)
})
