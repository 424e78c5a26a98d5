import { describe, expect, it } from 'vitest'
import { Problem } from '../../../preload/contract/problem.ts'
import { parseBody } from './response-body.ts'

const parse = (text: string, contentType = 'application/json'): unknown => parseBody(Buffer.from(text), contentType)

describe('the body of a response of the API server', () => {
  it('is a value where it is JSON, and else text', () => {
    expect(parse('{"a":[1,"[[["]}')).toEqual({ a: [1, '[[['] })
    expect(parse('{"a":1}', 'text/plain')).toBe('{"a":1}')
    expect(parse('')).toBe('')
  })

  it.each([
    ['its bytes', '{"name":"a long text, of which there is one"}', 45],
    ['those that honest JSON of as many values has', '[[],[],[],[]]', 8 * 16],
    ['nothing, where it is empty', '', 0],
  ])('counts in a list with %s', (_what, text, expected) => {
    const sizes: number[] = []
    parseBody(Buffer.from(text), 'application/json', (bytes) => sizes.push(bytes))
    expect(sizes).toEqual([expected])
  })

  it.each([
    [
      'has millions of values, which compress to some kilobytes',
      `{"gitVersion":"v1.36.0","a":[${'[],'.repeat(5_000_000)}0]}`,
    ],
    ['is nested deeper than what reads it can follow', `${'['.repeat(2_000)}${']'.repeat(2_000)}`],
  ])('is not parsed where it %s', (_what, text) => {
    expect(() => parse(text)).toThrow(Problem)
    expect(() => parse(text)).toThrow('too many')
  })
})
