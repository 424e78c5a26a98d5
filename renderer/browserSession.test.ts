import { expect, it } from 'vitest'
import { parseWelcome, tokenIn } from './browserSession.ts'

it.each([
  ['#token=abc_-1', 'abc_-1'],
  ['#view', undefined],
  ['', undefined],
])('the token of the address is taken from its fragment: "%s"', (hash, token) => {
  expect(tokenIn(hash)).toBe(token)
})

it.each([
  ['{"key":"a","proof":"b"}', { key: 'a', proof: 'b' }],
  ['{"key":"a"}', undefined],
  ['{"key":1,"proof":"b"}', undefined],
  ['null', undefined],
  ['<html>', undefined],
])('a session is read from %s', (text, welcome) => {
  expect(parseWelcome(text)).toEqual(welcome)
})
