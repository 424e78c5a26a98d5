import { expect, it } from 'vitest'
import type { LogRecord } from '../../preload/contract/logs.ts'
import { toggled } from './columns.ts'
import { sampleRecord } from './sample.ts'
import { isError, stepTo } from './steps.ts'

const record = (id: string, level: LogRecord['level']): LogRecord => sampleRecord({ id, level })
const list = [record('a', 'INFO'), record('b', 'ERROR'), record('c', null), record('d', 'FATAL'), record('e', 'WARN')]

it.each([
  [undefined, 'next', 'b'],
  ['b', 'next', 'd'],
  ['c', 'next', 'd'],
  ['d', 'next', undefined],
  ['e', 'previous', 'd'],
  ['d', 'previous', 'b'],
  ['b', 'previous', undefined],
  [undefined, 'previous', undefined],
  ['gone', 'next', 'b'],
] as const)('from %s, the %s error is %s', (selected, step, expected) => {
  expect(stepTo(list, selected, step, isError)?.id).toBe(expected)
})

it.each([
  [['time', 'level'], 'pod', ['time', 'level', 'pod']],
  [['time', 'pod'], 'level', ['time', 'level', 'pod']],
  [['time', 'orderId'], 'module', ['time', 'module', 'orderId']],
  [['time', 'orderId'], 'orderId', ['time']],
])('of the columns %j, %s is toggled', (columns, name, expected) => {
  expect(toggled(columns, name)).toEqual(expected)
})
