import { createRouterClient, implement } from '@orpc/server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { contract } from '../../preload/contract/index.ts'
import type { Client } from './client.ts'
import { follow } from './follow.ts'
import { createLink, type Link, retryDelayMs } from './link.ts'
import { toReport } from './problem.ts'

const os = implement(contract)
const settings = { theme: 'dark', helm: 'bundled', kubeconfigs: [], notifications: true } as const

/** A core that can be disconnected: then its calls and streams fail as those of a closed socket do. */
function fakeCore() {
  let lifetime = new AbortController()
  let reachable = true
  const router = {
    settings: { get: os.settings.get.handler(() => ({ ...settings, kubeconfigs: [] })) },
    operations: {
      watch: os.operations.watch.handler(async function* ({ signal }) {
        yield { operations: [] }
        const { signal: connected } = lifetime
        await new Promise<void>((resolve) => {
          if (connected.aborted || signal?.aborted) resolve()
          connected.addEventListener('abort', () => resolve())
          signal?.addEventListener('abort', () => resolve())
        })
        if (connected.aborted) throw new TypeError('socket closed')
      }),
    },
  }
  return {
    async connect(): Promise<Client> {
      if (!reachable) throw new Error('refused')
      lifetime = new AbortController()
      return createRouterClient(router) as unknown as Client // the tests call only these two procedures
    },
    disconnect() {
      reachable = false
      lifetime.abort()
    },
    restore() {
      reachable = true
    },
  }
}

function until(link: Link, state: string): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (link.store.getState().state !== state) return
      stop()
      resolve()
    }
    const stop = link.store.subscribe(check)
    check()
  })
}

function closing(): AbortSignal {
  const controller = new AbortController()
  onTestFinished(() => controller.abort())
  return controller.signal
}

describe('the link to the core', () => {
  it('fails calls immediately with HOST_LOST while the core is unreachable', async () => {
    const core = fakeCore()
    const link = createLink(core.connect, closing())
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
    core.disconnect()
    await until(link, 'lost')

    expect(toReport(await link.client.settings.get().catch((error: unknown) => error)).code).toBe('HOST_LOST')
  })

  it('reconnects over the same client, and a followed stream continues', async () => {
    const core = fakeCore()
    const link = createLink(core.connect, closing())
    await until(link, 'connected')
    let openCount = 0
    const reopened = new Promise<void>((resolve) => {
      void follow(
        (signal) => link.client.operations.watch(undefined, { signal }),
        () => {
          openCount += 1
          if (openCount === 1) core.disconnect()
          if (openCount === 2) resolve()
        },
        closing(),
      )
    })
    await until(link, 'lost')
    core.restore()
    link.store.getState().retry()

    await reopened
    expect(link.store.getState().state).toBe('connected')
  })

  it('retries after 250 ms at first, and at least every ten seconds', () => {
    expect(retryDelayMs(0)).toBe(250)
    expect(retryDelayMs(40)).toBe(10_000)
  })
})
