import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { merge } from './merge.ts'
import { Semaphore } from './semaphore.ts'

async function* emit(words: readonly string[], result: string, ended: () => void = () => undefined) {
  try {
    for (const word of words) {
      yield word
      await sleep(1)
    }
    return result
  } finally {
    ended()
  }
}

it('yields the values of every source, and returns all results in their order', async () => {
  const merged = merge([emit(['a', 'b', 'c'], 'one'), emit([], 'two'), emit(['d'], 'three')])
  const received: string[] = []
  for (;;) {
    const { value, done } = await merged.next()
    if (done === true) {
      expect(value).toEqual(['one', 'two', 'three'])
      break
    }
    received.push(value)
  }
  expect(received.toSorted()).toEqual(['a', 'b', 'c', 'd'])
})

it('ends the other sources when one throws, or when the consumer stops', async () => {
  const ended: string[] = []
  async function* fail(): AsyncGenerator<string, string> {
    yield 'x'
    throw new Error('broken')
  }
  await expect(
    (async () => {
      for await (const _word of merge([emit(['a', 'b', 'c', 'd'], 'one', () => ended.push('one')), fail()]));
    })(),
  ).rejects.toThrow('broken')
  for await (const _word of merge([emit(['a', 'b'], 'two', () => ended.push('two'))])) break
  await sleep(5)
  expect(ended).toEqual(['one', 'two'])
})

it('limits how many run at once, and ends a waiting one when its signal aborts', async () => {
  const semaphore = new Semaphore(1)
  const order: string[] = []
  async function* work(name: string): AsyncGenerator<string, string> {
    order.push(`${name} begins`)
    yield name
    order.push(`${name} ends`)
    return name
  }
  const signal = new AbortController().signal
  for await (const _name of merge(['a', 'b'].map((name) => semaphore.hold(() => work(name), signal))));
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])

  const holding = semaphore.hold(() => work('c'), signal)
  await holding.next()
  const waiting = semaphore.hold(() => work('d'), AbortSignal.timeout(5))
  await expect(waiting.next()).rejects.toThrow()
  await holding.return('c')
})
