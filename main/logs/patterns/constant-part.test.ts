import { expect, it } from 'vitest'
import { constantPart } from './constant-part.ts'

it.each([
  ['order accepted', 'order accepted'],
  ['order <*> refused by the bank', 'refused by the bank'],
  ['id=<*>, after <*> ms', ', after'],
  ['path "<*>" has no \\ escapes', 'escapes'],
  ['a\tbcd\u001befgh', 'efgh'],
  ['<*> <*>', undefined],
  ['<*> is', undefined],
  [`${'word '.repeat(40)}<*>`, 'word '.repeat(24).trim()],
])('of %j it is %j', (pattern, part) => {
  expect(constantPart(pattern.split(' '))).toBe(part)
})
