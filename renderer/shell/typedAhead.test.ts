import { expect, it } from 'vitest'
import { typedAhead } from './typedAhead.ts'

const none = { ctrlKey: false, metaKey: false, altKey: false, isComposing: false }

it.each([
  ['lo', { key: 'g' }, 'log'],
  ['log', { key: 'Backspace' }, 'lo'],
  ['', { key: 'Backspace' }, ''],
  ['demo', { key: ' ' }, 'demo '],
  ['lo', { key: 'Enter' }, undefined],
  ['lo', { key: 'ArrowDown' }, undefined],
  ['lo', { key: 'k', ctrlKey: true }, undefined],
  ['lo', { key: 'a', isComposing: true }, undefined],
])('after "%s", the press %j gives the query %j', (query, press, next) => {
  expect(typedAhead(query, { ...none, ...press })).toBe(next)
})
