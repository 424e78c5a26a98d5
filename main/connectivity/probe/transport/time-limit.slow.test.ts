import { describe, expect, it } from 'vitest'
import {
  measureStarvation,
  pause,
  runningNow,
  starvationNow,
  starvationSince,
  TimedOut,
  withTimeout,
} from './time-limit.ts'

/** Keeps this process from doing anything else, as a busy machine or a suspended container does. */
function block(durationMs: number): void {
  const endsAt = performance.now() + durationMs
  while (performance.now() < endsAt);
}
const signal = (): AbortSignal => AbortSignal.timeout(20_000)

describe('a time limit', () => {
  it('is not used up while the process does not run', async () => {
    const result = withTimeout(1_000, signal(), async (limit) => {
      await pause(50, limit)
      return 'in time'
    })
    block(1_500)
    expect(await result).toBe('in time')
  })

  it('leaves time for a further step when the process does not run at its end', async () => {
    const result = withTimeout(100, signal(), async (limit) => {
      await pause(20, limit)
      await pause(20, limit)
      return 'in time'
    })
    block(500)
    expect(await result).toBe('in time')
  })

  it('ends what does not end by itself, soon after the limit', async () => {
    const startedAt = performance.now()
    expect(await withTimeout(500, signal(), () => new Promise<never>(() => undefined))).toBe(TimedOut)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(490)
  })

  it('throws the reason of the caller who aborts', async () => {
    const caller = new AbortController()
    const result = withTimeout(5_000, caller.signal, () => new Promise<never>(() => undefined))
    caller.abort(new Error('left'))
    await expect(result).rejects.toThrow('left')
  })
})

describe('starvation', () => {
  it('is measured while someone measures it, and the clock of the process stands still meanwhile', async () => {
    const end = measureStarvation()
    const alsoEnd = measureStarvation()
    await pause(250, signal())
    const [before, ranBefore] = [starvationNow(), runningNow()]
    block(1_500)
    await pause(450, signal())
    end()
    alsoEnd()
    expect(starvationSince(before).lostMs).toBeGreaterThan(1_000)
    expect(starvationSince(before).lateBeats).toBeGreaterThan(0)
    expect(starvationSince(before).beats).toBeGreaterThan(starvationSince(before).lateBeats)
    expect(runningNow() - ranBefore).toBeLessThan(1_200)
    const after = starvationNow()
    block(600)
    await pause(50, signal())
    expect(starvationNow()).toEqual(after)
  })
})
