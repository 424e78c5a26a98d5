import { describe, expect, it, onTestFinished } from 'vitest'
import { Problem } from '../../../preload/contract/problem.ts'
import type { Sample } from '../../../test/thread/sample.thread.ts'
import { restartDelayMs, startThread, type Thread } from '../thread.ts'
import { threadFile } from './file.ts'

const soon = (): AbortSignal => AbortSignal.timeout(8_000)

function sample(): Thread<Sample> {
  const thread = startThread<Sample>({
    name: 'sample',
    from: new URL('../../../test/thread/x.ts', import.meta.url).href,
  })
  onTestFinished(() => thread.close())
  return thread
}

describe('a worker thread', () => {
  it('answers calls, each its own', async () => {
    const thread = sample()

    const answers = await Promise.all([1, 2, 3].map((value) => thread.call('double', value, soon())))

    expect(answers).toEqual([2, 4, 6])
  })

  it('hands over a Problem with its code, and a bug with its name', async () => {
    const thread = sample()

    const refused = await thread.call('refuse', 'name', soon()).catch((error: unknown) => error)
    const broken = await thread.call('breakDown', null, soon()).catch((error: unknown) => error)

    expect(refused).toBeInstanceOf(Problem)
    expect(refused).toMatchObject({ code: 'INPUT_INVALID', message: 'No name', evidence: 'seen' })
    expect(broken).toMatchObject({ name: 'TypeError', message: 'a bug' })
    expect(broken).not.toBeInstanceOf(Problem)
  })

  it('makes no value of a stream before it is asked for, and ends it when the reader leaves', async () => {
    const thread = sample()

    const seen: number[] = []
    for await (const value of thread.stream('count', 5, soon())) {
      seen.push(value)
      if (seen.length === 3) break
    }

    expect(seen).toEqual([5, 6, 7])
    expect(await thread.call('counts', null, soon())).toEqual({ produced: 3, left: 1 })
  })

  it('gives up a call and a silent stream when their signal aborts, with its reason', async () => {
    const thread = sample()
    const reason = new Error('enough')
    const controller = new AbortController()

    const hanging = thread.call('hang', null, controller.signal).catch((error: unknown) => error)
    const waiting = thread
      .stream('silent', null, controller.signal)
      .next()
      .catch((error: unknown) => error)
    await thread.call('double', 1, soon())
    controller.abort(reason)

    expect(await hanging).toBe(reason)
    expect(await waiting).toBe(reason)
    expect(await thread.call('counts', null, soon())).toMatchObject({ left: 1 })
  })

  it('says when it died, to all who waited, and is there again for the next', async () => {
    const thread = sample()

    const waiting = thread.call('hang', null, soon()).catch((error: unknown) => error)
    const killer = thread.call('die', 7, soon()).catch((error: unknown) => error)

    expect(await killer).toMatchObject({ code: 'THREAD_DIED', evidence: 'exit code 7' })
    expect(await waiting).toMatchObject({ code: 'THREAD_DIED' })
    expect(await thread.call('double', 21, soon())).toBe(42)
  })

  it('ends what waits when it is closed, and starts nothing more', async () => {
    const thread = sample()
    const waiting = thread.call('hang', null, soon()).catch((error: unknown) => error)
    await thread.call('double', 1, soon())

    await thread.close()

    expect(await waiting).toMatchObject({ code: 'CANCELLED' })
    await expect(thread.call('double', 1, soon())).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

describe('restartDelayMs', () => {
  it.each([
    [0, 0],
    [1, 200],
    [3, 800],
    [50, 10_000],
  ])('after %i deaths waits %i ms', (deaths, delayMs) => {
    expect(restartDelayMs(deaths)).toBe(delayMs)
  })
})

describe('threadFile', () => {
  it.each([
    ['file:///src/main/workloads/workloads.ts', 'file:///src/main/workloads/watcher.thread.ts'],
    ['file:///opt/out/main/chunks/app-x1.js', 'file:///opt/out/main/watcher.thread.js'],
    ['file:///opt/out/main/index.js', 'file:///opt/out/main/watcher.thread.js'],
  ])('from %s is %s', (from, file) => {
    expect(threadFile('watcher', from).href).toBe(file)
  })
})
