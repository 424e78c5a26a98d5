import { describe, expect, it } from 'vitest'
import { startLimitedThread } from '../../main/lib/limited-thread.ts'
import type { Limited } from './limited.thread.ts'

const start = () =>
  startLimitedThread<Limited>({
    name: 'limited',
    from: new URL('x.ts', import.meta.url).href,
    heapLimitMb: 64,
    // Longer than the test may take: what ends a call here is its own limit.
    clockLimitMs: 600_000,
  })

describe('a limited thread', () => {
  it('ends a call after a second of processor time, and runs those that waited', async () => {
    const thread = start()
    const before = process.threadCpuUsage()
    const [spun, doubled] = await Promise.allSettled([thread.call('spin', null), thread.call('double', 2)])
    const { user, system } = process.threadCpuUsage(before)

    expect(spun).toMatchObject({ status: 'rejected', reason: { what: 'time' } })
    expect(doubled).toEqual({ status: 'fulfilled', value: 4 })
    expect((user + system) / 1_000).toBeLessThan(500)
  })

  it('ends a call that takes too much memory', async () => {
    const thread = start()
    await expect(thread.call('allocate', null)).rejects.toMatchObject({ what: 'memory' })
    expect(await thread.call('double', 3)).toBe(6)
  })

  it('passes an error on, and continues', async () => {
    const thread = start()
    await expect(thread.call('fail', null)).rejects.toMatchObject({ name: 'TypeError', message: 'a bug' })
    expect(await thread.call('double', 1)).toBe(2)
  })
})
