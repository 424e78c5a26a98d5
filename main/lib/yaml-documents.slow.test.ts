import { describe, expect, it } from 'vitest'
import { startCpuTime } from '../../test/cpu-time.ts'
import { documentValue, parseDocuments, parseYaml } from './yaml-documents.ts'

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n')

const limitOf = (text: string): string | undefined => {
  const [error] = parseDocuments(text).errors
  return error?.code === 'LIMIT' ? error.message : undefined
}

describe('parseDocuments', () => {
  it('reads 20,000 keys in time that grows with their number', () => {
    const text = lines(20_000, (index) => `key${index}: 1`)
    expect(Object.keys(Object(parseYaml(text)))).toHaveLength(20_000)
    const cpuMs = startCpuTime()
    parseDocuments(text)
    // The library's check for duplicate keys takes ten times as long.
    expect(cpuMs()).toBeLessThan(3_000)
  })

  it.each([
    ['more values', '- a\n'.repeat(100_001), 'at most 100,000 values'],
    ['more values in one line', `[${'a,'.repeat(100_001)}]`, 'at most 100,000 values'],
    ['more lines', '\n'.repeat(600_000), 'at most 100,000 values'],
    ['more characters', `# ${'x'.repeat(5_000_000)}`, 'at most 5,000,000 characters'],
    ['deeper lists', '['.repeat(50_000), 'at most 64 levels'],
    ['deeper lists on one line', '- '.repeat(50_000), 'at most 64 levels'],
    ['deeper keys', '? '.repeat(50_000), 'at most 64 levels'],
    ['deeper mappings', `${'{a: '.repeat(20_000)}${'}'.repeat(20_000)}`, 'at most 64 levels'],
    ['more anchors', lines(1_001, (index) => `- &a${index} x`), 'at most 1,000 anchors and aliases'],
    ['more aliases', `- &a x\n${'- *a\n'.repeat(1_000)}`, 'at most 1,000 anchors and aliases'],
  ])('refuses a text with %s than the limit', (_name, text, expected) => {
    expect(limitOf(text)).toBe(expected)
  })

  it('stops at the limit, before it reads the rest', () => {
    const text = '\n'.repeat(4_900_000)
    const cpuMs = startCpuTime()
    limitOf(text)
    expect(cpuMs()).toBeLessThan(3_000)
  })

  it('reads 64 levels', () => {
    expect(limitOf(`${'['.repeat(64)}x${']'.repeat(64)}`)).toBeUndefined()
  })

  it('reports a duplicate key at its place, and each merge key', () => {
    const { errors } = parseDocuments('a: 1\nb: {c: 1, c: 2}\n<<: {d: 1}\n')
    expect(errors).toEqual([{ offset: 15, code: 'DUPLICATE_KEY', message: 'Map keys must be unique' }])
  })

  it('refuses aliases that expand to more values than the limit', () => {
    const text = [`- &a [${'x,'.repeat(30_000)}]`, ...Array<string>(4).fill('- *a')]
    const [document] = parseDocuments(text.join('\n')).documents
    expect(() => document && documentValue(document)).toThrow()
  })
})
