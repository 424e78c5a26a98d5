import { createRouterClient, implement } from '@orpc/server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { contract } from '../../preload/contract/index.ts'
import type { Client } from './client.ts'
import { follow } from './follow.ts'
import { createLink, type Link, retryDelayMs } from './link.ts'
import { toReport } from './problem.ts'

const os = implement(contract)
const settings = { theme: 'dark', helm: 'bundled', kubeconfigs: [], notifications: true } as const

/** A core that can be cut off: then its calls and streams fail as those of a closed socket do. */
function farSide() {
  let life = new AbortController()
  let there = true
  const router = {
    settings: { get: os.settings.get.handler(() => ({ ...settings, kubeconfigs: [] })) },
    operations: {
      watch: os.operations.watch.handler(async function* ({ signal }) {
        yield { operations: [] }
        const { signal: alive } = life
        await new Promise<void>((resolve) => {
          if (alive.aborted || signal?.aborted) resolve()
          alive.addEventListener('abort', () => resolve())
          signal?.addEventListener('abort', () => resolve())
        })
        if (alive.aborted) throw new TypeError('socket closed')
      }),
    },
  }
  return {
    async connect(): Promise<Client> {
      if (!there) throw new Error('refused')
      life = new AbortController()
      return createRouterClient(router) as unknown as Client // only these two are asked for here
    },
    cut() {
      there = false
      life.abort()
    },
    restore() {
      there = true
    },
  }
}

function until(link: Link, state: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (link.store.getState().state !== state) return
      stop()
      resolve()
    }
    const stop = link.store.subscribe(look)
    look()
  })
}

function closing(): AbortSignal {
  const controller = new AbortController()
  onTestFinished(() => controller.abort())
  return controller.signal
}

describe('the link to the core', () => {
  it('fails calls at once while the core is away, with a problem that says so', async () => {
    const side = farSide()
    const link = createLink(side.connect, closing())
    await until(link, 'connected')
    expect((await link.client.settings.get()).theme).toBe('dark')

    const watching = new AbortController()
    onTestFinished(() => watching.abort())
    void follow(
      (signal) => link.client.operations.watch(undefined, { signal }),
      () => undefined,
      watching.signal,
    )
    await new Promise((resolve) => setImmediate(resolve))
    side.cut()
    await until(link, 'lost')

    expect(toReport(await link.client.settings.get().catch((error: unknown) => error)).code).toBe('HOST_LOST')
  })

  it('is back with the core, over the same client, and a followed stream goes on', async () => {
    const side = farSide()
    const link = createLink(side.connect, closing())
    await until(link, 'connected')
    let opened = 0
    const again = new Promise<void>((resolve) => {
      void follow(
        (signal) => link.client.operations.watch(undefined, { signal }),
        () => {
          opened += 1
          if (opened === 1) side.cut()
          if (opened === 2) resolve()
        },
        closing(),
      )
    })
    await until(link, 'lost')
    side.restore()
    link.store.getState().retry()

    await again
    expect(link.store.getState().state).toBe('connected')
  })

  it('tries soon at first, and never less often than every ten seconds', () => {
    expect(retryDelayMs(0)).toBe(250)
    expect(retryDelayMs(40)).toBe(10_000)
  })
})
