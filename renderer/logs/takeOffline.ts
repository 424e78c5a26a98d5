import { attempt } from '../lib/outcome.ts'
import { isAbort, toReport } from '../lib/problem.ts'
import type { Fetch, FetchInput, LogsClient, LogsStore } from './state.ts'

export interface TakeOffline {
  /** Loads what an earlier window or process has left. */
  load(planeId: string): Promise<void>
  start(input: FetchInput): void
  cancel(): void
  /** Shows the last fetch no longer, and does not offer to continue it. */
  forget(): Promise<void>
}

/** Takes lines of log engines offline, one fetch for each plane. One continues while another view or plane is shown. */
export function createTakeOffline(client: LogsClient, store: LogsStore): TakeOffline {
  const running = new Map<string, AbortController>()

  function show(planeId: string, fetch: Fetch | undefined): void {
    const fetches = new Map(store.getState().fetches)
    if (fetch === undefined) fetches.delete(planeId)
    else fetches.set(planeId, fetch)
    store.setState({ fetches })
  }

  const countsOf = (planeId: string) => {
    const fetch = store.getState().fetches.get(planeId)
    return fetch?.kind === 'running' ? fetch.counts : undefined
  }

  async function run(planeId: string, input: FetchInput, signal: AbortSignal): Promise<void> {
    show(planeId, { kind: 'running', input, counts: undefined })
    let isDone = false
    try {
      const asked = { ...input, sources: [...input.sources], planeId }
      for await (const event of await client.logs.fetch(asked, { signal })) {
        if (signal.aborted) return
        const { kind, ...counts } = event
        isDone = kind === 'done'
        if (kind === 'done') show(planeId, { kind, input, result: event })
        else show(planeId, { kind: 'running', input, counts })
      }
      // A stream that ends without its last event has lost its core.
      if (!isDone && !signal.aborted) throw new Error('The stream ended early')
    } catch (error) {
      if (isAbort(error, signal)) return
      show(planeId, { kind: 'failed', input, counts: countsOf(planeId), problem: toReport(error) })
    } finally {
      if (running.get(planeId)?.signal === signal) running.delete(planeId)
    }
  }

  async function load(planeId: string): Promise<void> {
    const left = await attempt(() => client.logs.unfinishedFetch({ planeId }))
    // One of a locked vault is loaded when it is open.
    if (!left.ok || running.has(planeId)) return
    if (left.value.fetch === null) return show(planeId, undefined)
    const { engine, sources, from, to } = left.value.fetch
    show(planeId, { kind: 'left', input: { engine, sources, from, to }, left: left.value.fetch })
  }

  return {
    async load(planeId) {
      const known = store.getState().fetches.get(planeId)
      if (known === undefined || known.kind === 'left') await load(planeId)
    },
    start(input) {
      const { planeId } = store.getState()
      if (planeId === undefined || running.has(planeId)) return
      const controller = new AbortController()
      running.set(planeId, controller)
      void run(planeId, input, controller.signal)
    },
    cancel() {
      const { planeId, fetches } = store.getState()
      const fetch = planeId === undefined ? undefined : fetches.get(planeId)
      if (planeId === undefined || fetch?.kind !== 'running') return
      running.get(planeId)?.abort()
      running.delete(planeId)
      show(planeId, { kind: 'cancelled', input: fetch.input, counts: fetch.counts })
    },
    async forget() {
      const { planeId } = store.getState()
      if (planeId === undefined) return
      show(planeId, undefined)
      await attempt(() => client.logs.forgetFetch({ planeId }))
    },
  }
}
