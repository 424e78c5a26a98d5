import { expect, it } from 'vitest'
import { startThread } from '../lib/thread.ts'
import { PlaneState } from './plane-state.ts'
import type { WatcherApi } from './watcher.thread.ts'

it('a state is stale, with its time, while the thread that watches is silent', async () => {
  const from = new URL('../../test/workloads/plane-state.ts', import.meta.url).href
  const thread = startThread<WatcherApi>({ name: 'blocked', from })
  const connection = async () => ({ files: [], contextName: 'a', environment: {} })
  const profile = { components: [], releases: [], logSources: [] }
  const state = new PlaneState({ profile, file: '', thread, connection, silentMs: 500 })
  const stop = new AbortController()
  const running = state.run(stop.signal)
  const seen: string[] = []
  for await (const event of state.watch(stop.signal)) {
    const { asOf, connection: shown } = event.kind === 'state' ? event.status : event
    seen.push(`${shown.state} ${asOf} ${shown.problem?.message ?? ''}`.trim())
    if (asOf === '2026-01-01T00:01:00Z') break
  }
  stop.abort()
  await running
  await thread.close()

  expect(seen.filter((line) => !line.startsWith('connecting'))).toEqual([
    'live 2026-01-01T00:00:00Z',
    'stale 2026-01-01T00:00:00Z The watch of the cluster has not reported for 0.5 s.',
    'live 2026-01-01T00:01:00Z',
  ])
})
