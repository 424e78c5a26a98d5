import { expect, it } from 'vitest'
import { sameSettings } from './sameSettings.ts'

it.each([
  [{ a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, true],
  [{ a: undefined }, {}, true],
  [{ a: null }, {}, false],
  [{ a: [1, 2] }, { a: [2, 1] }, false],
  [{ a: [] }, { a: {} }, false],
  [{ a: '1' }, { a: 1 }, false],
])('%j and %j: %s', (one, other, same) => expect(sameSettings(one, other)).toBe(same))
