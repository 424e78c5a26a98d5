import { describe, expect, it } from 'vitest'
import { Problem } from '../../preload/contract/problem.ts'
import { UnfinishedFetches } from './unfinished-fetch.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const fetch = {
  engine: { kind: 'loki', service: 'logging/loki:3100' },
  sources: ['orders'],
  from: '2026-03-01T00:00:00Z',
  to: '2026-03-02T00:00:00Z',
} as const

function newFetches(texts = new Map<string, string>()): UnfinishedFetches {
  return new UnfinishedFetches({
    read: async (id) => texts.get(id),
    write: async (id, text) => {
      if (text === undefined) texts.delete(id)
      else texts.set(id, text)
    },
  })
}

async function run(
  fetches: UnfinishedFetches,
  events: () => AsyncGenerator<string>,
  signal = new AbortController().signal,
): Promise<void> {
  const input = { ...fetch, sources: [...fetch.sources] }
  for await (const _ of fetches.during(planeId, input, events, (event) => event === 'complete', signal));
}

describe('an unfinished fetch', () => {
  it('is remembered while it runs, and forgotten once it is complete', async () => {
    const fetches = newFetches()
    await run(fetches, async function* () {
      expect(await fetches.get(planeId)).toMatchObject({ ...fetch, isRunning: true })
      yield 'part'
      yield 'complete'
    })
    expect(await fetches.get(planeId)).toBeNull()
  })

  it('is still there for another process after this one has ended', async () => {
    const texts = new Map<string, string>()
    const running = run(newFetches(texts), async function* () {
      yield 'part'
      await new Promise(() => undefined)
    })
    void running
    await expect.poll(() => newFetches(texts).get(planeId)).toMatchObject({ ...fetch, isRunning: false })
  })

  it('keeps why it failed, and that a part of it is missing, until somebody forgets it', async () => {
    const fetches = newFetches()
    const failing = async function* (): AsyncGenerator<string> {
      yield 'part'
      throw new Problem('LOG_ENGINE_UNAVAILABLE', 'The log engine does not answer.')
    }
    await expect(run(fetches, failing)).rejects.toThrow('does not answer')
    expect(await fetches.get(planeId)).toMatchObject({ isRunning: false, problem: { code: 'LOG_ENGINE_UNAVAILABLE' } })
    await run(fetches, async function* () {
      yield 'done with a part missing'
    })
    expect(await fetches.get(planeId)).toMatchObject({ isRunning: false })
    await fetches.forget(planeId)
    expect(await fetches.get(planeId)).toBeNull()
  })

  it('that was cancelled has no reason', async () => {
    const fetches = newFetches()
    const controller = new AbortController()
    const cancelled = async function* (): AsyncGenerator<string> {
      controller.abort(new Error('stopped'))
      yield 'part'
      controller.signal.throwIfAborted()
    }
    await expect(run(fetches, cancelled, controller.signal)).rejects.toThrow('stopped')
    expect((await fetches.get(planeId))?.problem).toBeUndefined()
  })

  it('counts as none where another version has written it', async () => {
    expect(await newFetches(new Map([[planeId, '{"a":1}']])).get(planeId)).toBeNull()
  })
})
