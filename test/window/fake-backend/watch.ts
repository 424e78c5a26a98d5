import type { Watch, WatchState } from '../../../preload/contract/connectivity.ts'
import { ago, now } from './clock.ts'
import { demoId } from './planes.ts'
import { pod } from './vantages.ts'

const changes: WatchState['changes'] = [
  {
    endpoint: 'event-hub',
    vantage: pod,
    kind: 'broke',
    before: { verdict: 'pass', cause: '' },
    after: { verdict: 'fail', cause: 'tcp.timeout' },
    message: 'passed, now fails: no answer to port 5671 (tcp.timeout)',
  },
]

const in15Minutes = () => new Date(Date.now() + 15 * 60_000).toISOString()
const unwatched = (planeId: string): WatchState => ({
  planeId,
  watch: null,
  running: false,
  lastAt: null,
  nextAt: null,
  changes: [],
  problem: '',
})

/** Sample watches. `turn`: a scheduled run that found changes. */
export function createWatch(scene: string) {
  let states: Readonly<Record<string, WatchState>> =
    scene === 'watched'
      ? {
          [demoId]: {
            ...unwatched(demoId),
            watch: { everyMinutes: 15, from: [{ kind: 'computer' }, { kind: 'pod' }], holdSeconds: 60 },
            lastAt: ago(420),
            nextAt: in15Minutes(),
            changes,
          },
        }
      : {}
  const waiting = new Set<() => void>()
  const set = (state: WatchState) => {
    states = { ...states, [state.planeId]: state }
    for (const wake of waiting) wake()
    waiting.clear()
  }
  const of = (planeId: string) => states[planeId] ?? unwatched(planeId)
  return {
    of,
    set(planeId: string, watch: Watch | null) {
      set(watch === null ? unwatched(planeId) : { ...of(planeId), watch, nextAt: in15Minutes() })
    },
    turn: () => set({ ...of(demoId), lastAt: now(), nextAt: in15Minutes(), changes }),
    async *states(signal: AbortSignal | undefined) {
      while (!signal?.aborted) {
        yield Object.values(states)
        await new Promise<void>((resolve) => {
          waiting.add(resolve)
          signal?.addEventListener('abort', () => resolve())
        })
      }
    },
  }
}
