import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sample } from '../daily-sample.ts'
import { mutate } from './mutation.ts'
import { protections } from './protections.ts'

const root = join(import.meta.dirname, '..', '..')
const entry = { id: 'guard', file: 'main/guard.ts', find: 'guard()', replace: '' }

describe('an entry of the list of protections', () => {
  it.each(protections)('$id finds its text once, and names a test that exists', (mutation) => {
    const { file, test } = mutation

    expect(() => mutate(readFileSync(join(root, file), 'utf8'), mutation)).not.toThrow()
    expect(readFileSync(join(root, test.file), 'utf8')).toContain(test.title)
    // A placeholder of a title has another text in the name of the test, and a file runs in its own project alone.
    expect(test.title).not.toMatch(/%[sdifjo#]|\$\w/)
    expect(test.file.endsWith('.slow.test.ts')).toBe(test.project === 'slow')
  })

  it('has an id of its own', () => {
    expect(new Set(protections.map(({ id }) => id)).size).toBe(protections.length)
  })

  it.each([
    ['moved away', 'start()', 'guard: its text does not occur in main/guard.ts.'],
    ['became ambiguous', 'guard()\nguard()', 'guard: its text occurs 2 times in main/guard.ts.'],
  ])('fails when its text %s', (_how, text, message) => {
    expect(() => mutate(text, entry)).toThrow(message)
  })

  it('fails when its replacement changes nothing', () => {
    expect(() => mutate('guard()', { ...entry, replace: 'guard()' })).toThrow('changes nothing')
  })

  it('replaces literally, also by a pattern', () => {
    expect(mutate('if (guard()) return', { ...entry, replace: "'$&'" })).toBe("if ('$&') return")
    expect(mutate('mode: 0o700', { ...entry, find: /0o7\d\d/, replace: '0o755' })).toBe('mode: 0o755')
  })
})

it('a sample is the same for the same seed, and has no entry twice', () => {
  const items = Array.from({ length: 40 }, (_, index) => index)

  expect(sample(items, 3, 7)).toEqual(sample(items, 3, 7))
  expect(sample(items, 3, 7)).not.toEqual(sample(items, 3, 8))
  expect(new Set(sample(items, 40, 7)).size).toBe(40)
  expect(sample([1], 3, 7)).toEqual([1])
})
