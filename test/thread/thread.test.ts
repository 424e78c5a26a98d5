import { describe, expect, it, onTestFinished } from 'vitest'
import { threadFile } from '../../main/lib/thread/file.ts'
import { restartDelayMs, startThread, type Thread } from '../../main/lib/thread.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { Sample } from './sample.thread.ts'

const timeout = (): AbortSignal => AbortSignal.timeout(8_000)

function sample(): Thread<Sample> {
  const thread = startThread<Sample>({
    name: 'sample',
    from: new URL('x.ts', import.meta.url).href,
  })
  onTestFinished(() => thread.close())
  return thread
}

describe('a worker thread', () => {
  it('returns to each call its own result', async () => {
    const thread = sample()

    const answers = await Promise.all([1, 2, 3].map((value) => thread.call('double', value, timeout())))

    expect(answers).toEqual([2, 4, 6])
  })

  it('rethrows a Problem with its code, and a bug with its name', async () => {
    const thread = sample()

    const problem = await thread.call('failWithProblem', 'name', timeout()).catch((error: unknown) => error)
    const bug = await thread.call('failWithBug', null, timeout()).catch((error: unknown) => error)

    expect(problem).toBeInstanceOf(Problem)
    expect(problem).toMatchObject({ code: 'INPUT_INVALID', message: 'No name', evidence: 'evidence' })
    expect(bug).toMatchObject({ name: 'TypeError', message: 'a bug' })
    expect(bug).not.toBeInstanceOf(Problem)
  })

  it('produces a value of a stream only on request, and ends the stream when the reader stops', async () => {
    const thread = sample()

    const values: number[] = []
    for await (const value of thread.stream('count', 5, timeout())) {
      values.push(value)
      if (values.length === 3) break
    }

    expect(values).toEqual([5, 6, 7])
    expect(await thread.call('counts', null, timeout())).toEqual({ produced: 3, ended: 1 })
  })

  it('rejects a call and a silent stream with the abort reason of their signal', async () => {
    const thread = sample()
    const reason = new Error('enough')
    const controller = new AbortController()

    const pendingCall = thread.call('hang', null, controller.signal).catch((error: unknown) => error)
    const pendingValue = thread
      .stream('silent', null, controller.signal)
      .next()
      .catch((error: unknown) => error)
    await thread.call('double', 1, timeout())
    controller.abort(reason)

    expect(await pendingCall).toBe(reason)
    expect(await pendingValue).toBe(reason)
    expect(await thread.call('counts', null, timeout())).toMatchObject({ ended: 1 })
  })

  it('rejects all pending calls with THREAD_DIED when it exits, and restarts for the next call', async () => {
    const thread = sample()

    const pending = thread.call('hang', null, timeout()).catch((error: unknown) => error)
    const exiting = thread.call('exit', 7, timeout()).catch((error: unknown) => error)

    expect(await exiting).toMatchObject({ code: 'THREAD_DIED', evidence: 'exit code 7' })
    expect(await pending).toMatchObject({ code: 'THREAD_DIED' })
    expect(await thread.call('double', 21, timeout())).toBe(42)
  })

  it('rejects pending and later calls with CANCELLED when it is closed', async () => {
    const thread = sample()
    const pending = thread.call('hang', null, timeout()).catch((error: unknown) => error)
    await thread.call('double', 1, timeout())

    await thread.close()

    expect(await pending).toMatchObject({ code: 'CANCELLED' })
    await expect(thread.call('double', 1, timeout())).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

describe('restartDelayMs', () => {
  it.each([
    [0, 0],
    [1, 200],
    [3, 800],
    [50, 10_000],
  ])('after %i crashes the delay is %i ms', (deaths, delayMs) => {
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
