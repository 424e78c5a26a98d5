import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { AsyncQueue } from './async-queue.ts'

const never = new AbortController().signal

async function readAll<Item, End>(events: AsyncGenerator<Item, End>): Promise<[Item[], End]> {
  const items: Item[] = []
  for (;;) {
    const step = await events.next()
    if (step.done === true) return [items, step.value]
    items.push(step.value)
  }
}

describe('an asynchronous queue', () => {
  it('yields items in their order and returns the value of its end', async () => {
    const queue = new AsyncQueue<number, string>()
    queue.push(1)
    queue.endWith(
      (async () => {
        for (const item of [2, 3]) {
          await sleep(1)
          queue.push(item)
        }
        return 'done'
      })(),
    )
    await expect(readAll(queue.read(never))).resolves.toEqual([[1, 2, 3], 'done'])
  })

  it('yields what was pushed before it throws the error of its end', async () => {
    const queue = new AsyncQueue<string>()
    queue.push('before')
    queue.endWith(Promise.reject(new Error('broken')))
    const events = queue.read(never)
    await sleep(1)
    await expect(events.next()).resolves.toEqual({ done: false, value: 'before' })
    await expect(events.next()).rejects.toThrow('broken')
  })

  it('drops what is pushed after its end', async () => {
    const queue = new AsyncQueue<string, number>()
    queue.endWith(Promise.resolve(7))
    await sleep(1)
    queue.push('late')
    await expect(readAll(queue.read(never))).resolves.toEqual([[], 7])
  })

  it('throws the reason of the signal while it waits, and before items that are left', async () => {
    const queue = new AsyncQueue<string>()
    const stop = new AbortController()
    const waiting = queue.read(stop.signal).next()
    stop.abort(new Error('cancelled'))
    await expect(waiting).rejects.toThrow('cancelled')
    queue.push('left')
    await expect(queue.read(stop.signal).next()).rejects.toThrow('cancelled')
  })
})
