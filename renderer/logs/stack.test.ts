import { expect, it } from 'vitest'
import { stackParts } from './stack.ts'

const shape = (text: string) => stackParts(text).map(({ kind, lines }) => `${kind} ${lines.length}`)
const frames = (count: number, indent = '\tat a.b.C') => Array.from({ length: count }, (_, at) => `${indent}.m${at}()`)

it.each([
  ['one line', 'order failed', ['text 1']],
  ['lines without frames', 'a\nb\nc', ['text 3']],
  [
    'Java with a cause',
    ['E: x', ...frames(6), 'Caused by: y', ...frames(9), '\t... 12 more'].join('\n'),
    ['text 1', 'text 1', 'frames 5', 'text 1', 'text 1', 'frames 9'],
  ],
  ['few frames', ['E: x', ...frames(3)].join('\n'), ['text 1', 'text 3']],
  [
    'Python',
    ['Traceback (most recent call last):', ...frames(4, '  File "a.py", line 1'), 'ValueError: x'].join('\n'),
    ['text 1', 'text 1', 'frames 3', 'text 1'],
  ],
  [
    'Go',
    ['panic: x', 'main.f(0x1)', '\t/a/b.go:12 +0x1', 'main.g()', '\t/a/c.go:3 +0x2'].join('\n'),
    ['text 1', 'text 1', 'frames 3'],
  ],
])('the frames of %s are folded', (_, text, expected) => {
  expect(shape(text)).toEqual(expected)
  expect(
    stackParts(text)
      .flatMap(({ lines }) => lines)
      .join('\n'),
  ).toBe(text)
})
