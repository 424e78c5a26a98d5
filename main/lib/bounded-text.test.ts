import { expect, it } from 'vitest'
import { boundedText } from './bounded-text.ts'

async function* chunks(count: number, read: { count: number }) {
  for (; read.count < count; read.count += 1) yield Buffer.from('ä')
}

it('joins a character that arrives in two parts', async () => {
  const [first, second] = [Buffer.from('ä').subarray(0, 1), Buffer.from('ä').subarray(1)]
  async function* parts() {
    yield first
    yield second
  }
  expect(await boundedText(parts(), 2)).toBe('ä')
})

it('is a text up to its limit, and none beyond, which is not read to its end', async () => {
  expect(await boundedText(chunks(3, { count: 0 }), 6)).toBe('äää')
  const read = { count: 0 }
  expect(await boundedText(chunks(1_000_000, read), 6)).toBeUndefined()
  expect(read.count).toBeLessThan(10)
})
