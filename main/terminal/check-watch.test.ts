import { describe, expect, it } from 'vitest'
import { everyMsOf, everyOf, holdOf } from './check-watch.ts'

describe('--every', () => {
  it.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['5', 300_000],
    ['1.5h', 5_400_000],
    ['1s', 1_000],
    ['24h', 86_400_000],
  ])('accepts %s', (given, ms) => {
    expect(everyMsOf(given)).toBe(ms)
  })

  it.each(['', 'often', '0.1s', '25h', '-5m', '5d', '1e3s', '0'])('rejects "%s"', (given) => {
    expect(() => everyMsOf(given)).toThrow('--every is an interval from 1s to 24h')
  })

  it('defaults to five minutes, and is undefined without --watch', () => {
    expect(everyOf({ watch: true }, 'table')).toBe(300_000)
    expect(everyOf({ watch: true, every: '1m' }, 'ndjson')).toBe(60_000)
    expect(everyOf({}, 'json')).toBeUndefined()
    expect(() => everyOf({ every: '1m' }, 'table')).toThrow('give both')
  })

  it.each(['json', 'markdown', 'html', 'junit'])('is rejected with --output %s, which cannot stream', (form) => {
    expect(() => everyOf({ watch: true }, form)).toThrow(`not ${form}`)
  })
})

describe('--hold', () => {
  it.each([
    ['0', 0],
    ['300', 300],
    [undefined, undefined],
  ])('accepts %s', (given, seconds) => {
    expect(holdOf({ hold: given })).toBe(seconds)
  })

  it.each(['', 'long', '901', '-1', '1.5'])('rejects "%s"', (given) => {
    expect(() => holdOf({ hold: given })).toThrow('--hold is a number of seconds from 0 to 900')
  })
})
