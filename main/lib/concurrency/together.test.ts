import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { inParallel } from './in-parallel.ts'
import { together } from './together.ts'

const never = new AbortController().signal

describe('tasks that run together', () => {
  it('give their results in order', async () => {
    const results: [string, number] = await together(
      never,
      async () => await delay(5, 'slow'),
      async () => 1,
    )
    expect(results).toEqual(['slow', 1])
  })

  it('have all ended when the first error arrives, and the others were told to', async () => {
    let state = 'running'
    const failing = together(
      never,
      async (signal) => {
        await delay(10_000, undefined, { signal }).catch(() => undefined)
        await delay(5)
        state = 'ended'
      },
      () => Promise.reject(new Error('refused')),
    )
    await expect(failing).rejects.toThrow('refused')
    expect(state).toBe('ended')
  })

  it('end with the signal of their caller', async () => {
    const caller = new AbortController()
    const waiting = together(caller.signal, (signal) => delay(10_000, undefined, { signal }))
    caller.abort(new Error('cancelled'))
    await expect(waiting).rejects.toThrow()
  })
})

it('a task of many that fails begins no other, and rejects once those under way have ended', async () => {
  const log: number[] = []
  const failing = inParallel([1, 2, 3, 4], 2, async (item) => {
    if (item === 1) throw new Error('refused')
    await delay(5)
    log.push(item)
  })
  await expect(failing).rejects.toThrow('refused')
  expect(log).toEqual([2])
})
