import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { merge } from './merge.ts'
import { Semaphore } from './semaphore.ts'

async function* say(words: readonly string[], result: string, left: () => void = () => undefined) {
  try {
    for (const word of words) {
      yield word
      await sleep(1)
    }
    return result
  } finally {
    left()
  }
}

it('yields what any of them yields, and returns all results in their order', async () => {
  const merged = merge([say(['a', 'b', 'c'], 'one'), say([], 'two'), say(['d'], 'three')])
  const heard: string[] = []
  for (;;) {
    const { value, done } = await merged.next()
    if (done === true) {
      expect(value).toEqual(['one', 'two', 'three'])
      break
    }
    heard.push(value)
  }
  expect(heard.toSorted()).toEqual(['a', 'b', 'c', 'd'])
})

it('ends the others when one throws, or somebody leaves', async () => {
  const left: string[] = []
  async function* fail(): AsyncGenerator<string, string> {
    yield 'x'
    throw new Error('broken')
  }
  await expect(
    (async () => {
      for await (const _word of merge([say(['a', 'b', 'c', 'd'], 'one', () => left.push('one')), fail()]));
    })(),
  ).rejects.toThrow('broken')
  for await (const _word of merge([say(['a', 'b'], 'two', () => left.push('two'))])) break
  await sleep(5)
  expect(left).toEqual(['one', 'two'])
})

it('lets only so many run at once, and a waiting one go with its signal', async () => {
  const lanes = new Semaphore(1)
  const order: string[] = []
  async function* work(name: string): AsyncGenerator<string, string> {
    order.push(`${name} begins`)
    yield name
    order.push(`${name} ends`)
    return name
  }
  const signal = new AbortController().signal
  for await (const _name of merge(['a', 'b'].map((name) => lanes.hold(() => work(name), signal))));
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])

  const holding = lanes.hold(() => work('c'), signal)
  await holding.next()
  const waiting = lanes.hold(() => work('d'), AbortSignal.timeout(5))
  await expect(waiting.next()).rejects.toThrow()
  await holding.return('c')
})
