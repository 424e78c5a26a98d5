import type { Change, Watch, WatchState } from '../../../preload/contract/connectivity.ts'
import { reportProblem } from '../../../preload/contract/problem.ts'
import { vantageInSentence } from '../../../preload/vantages.ts'
import { Changes } from '../../lib/changes.ts'
import { isNews } from '../history/compare.ts'
import type { History } from '../history/history.ts'
import { baseline } from './baseline.ts'
import { type Clock, systemClock } from './clock.ts'
import { afterStartMs, nextMs, rereadEveryMs, untilDueMs } from './schedule.ts'
import { type Asked, type Check, type Looked, look } from './scheduled-run.ts'
import { readWatch, setWatch, updateWatch, type WatchFile, watchedPlanes } from './watch-file.ts'

/** The window gets at most four updates a second. */
const noticeEveryMs = 250

export interface WatchParts {
  readonly home: string
  readonly history: History
  /** Checks a plane without saving the run. */
  readonly check: (planeId: string, ...rest: Parameters<Check>) => ReturnType<Check>
  /** Called with changes that are worth a notification, once a second check confirmed them. Never empty. */
  readonly tell: (planeId: string, news: readonly Change[]) => void
  readonly clock?: Clock | undefined
  /** From 0 to 1. */
  readonly random?: (() => number) | undefined
}

/** The schedules of all planes. They are stored on disk; a host that stays open runs them from `start` to `close`. */
export interface Watches {
  start(): Promise<void>
  state(planeId: string): Promise<WatchState>
  /** A new schedule checks immediately and then at its interval. */
  set(planeId: string, watch: Watch | null): Promise<void>
  /** Those of the planes that are watched, the first at once. Ends by abort. */
  states(signal: AbortSignal): AsyncGenerator<WatchState[]>
  /** Pauses the plane's schedule for a user's check, until the returned function is called. */
  pause(planeId: string): () => void
  /** Ends the plane's schedule; its file goes with the plane's history. */
  forget(planeId: string): Promise<void>
  close(): Promise<void>
}

interface Entry {
  /** As it was last read. */
  file: WatchFile | undefined
  running: boolean
  /** Checks that users run now. */
  userChecks: number
  free: PromiseWithResolvers<void>
  /** Interrupts the current run for a user's check. */
  interrupt: AbortController | undefined
  stop: AbortController | undefined
  ended: Promise<void>
}

export function createWatches(parts: WatchParts): Watches {
  const { home, history, check, tell, clock = systemClock, random = Math.random } = parts
  const entries = new Map<string, Entry>()
  const changes = new Changes()
  const closing = new AbortController()
  let started = false

  const stamp = (ms: number): string => new Date(ms).toISOString()

  async function entryOf(planeId: string): Promise<Entry> {
    const entry = entries.get(planeId) ?? newEntry()
    entries.set(planeId, entry)
    // What is followed knows its file.
    if (entry.stop === undefined) entry.file = await readWatch(home, planeId)
    return entry
  }

  function shown(planeId: string, { file, running }: Entry): WatchState {
    return {
      planeId,
      watch: file?.watch ?? null,
      running,
      lastAt: file?.lastAt ?? null,
      nextAt: file?.nextAt ?? null,
      changes: file?.changes ?? [],
      problem: file?.problem ?? '',
    }
  }

  /** Rereads the file whenever a run could be due: another host may have run, changed or ended the schedule. */
  async function follow(planeId: string, entry: Entry, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        take(entry, await readWatch(home, planeId))
        if (entry.file === undefined) return
        const leftMs = untilDueMs(entry.file.watch, Date.parse(entry.file.nextAt), clock.nowMs())
        if (leftMs > 0) await clock.wait(Math.min(leftMs, rereadEveryMs), signal)
        else if (entry.userChecks > 0) await Promise.race([entry.free.promise, aborted(signal)])
        else if (await claim(planeId)) await run(planeId, entry, entry.file.watch, signal)
      } catch (error) {
        // A full disk or a stuck lock is reported, and tried again.
        if (entry.file !== undefined) take(entry, { ...entry.file, problem: reportProblem(error).message })
        await clock.wait(rereadEveryMs, signal)
      }
    }
  }

  function take(entry: Entry, file: WatchFile | undefined): void {
    if (JSON.stringify(entry.file) === JSON.stringify(file)) return
    entry.file = file
    changes.notify()
  }

  /** Sets the next time, so that only one of several hosts makes this run. */
  function claim(planeId: string): Promise<boolean> {
    return updateWatch(home, planeId, (file) => {
      const now = clock.nowMs()
      if (untilDueMs(file.watch, Date.parse(file.nextAt), now) > 0) return undefined
      return { ...file, nextAt: stamp(nextMs(file.watch, now, random())) }
    })
  }

  async function run(planeId: string, entry: Entry, watch: Watch, signal: AbortSignal): Promise<void> {
    const begunMs = clock.nowMs()
    const interrupt = new AbortController()
    entry.interrupt = interrupt
    if (entry.userChecks > 0) interrupt.abort()
    entry.running = true
    changes.notify()
    try {
      const asked: Asked = { from: watch.from, holdSeconds: watch.holdSeconds }
      const looked = await look(
        (what, abort) => check(planeId, what, abort),
        asked,
        async (first) =>
          baseline(
            first,
            await history.runs(planeId),
            (runId) => history.run(planeId, runId).catch(() => undefined), // a damaged run costs itself alone
          ),
        AbortSignal.any([signal, interrupt.signal]),
      )
      await settle(planeId, watch, begunMs, looked)
    } catch (error) {
      if (signal.aborted) return
      if (interrupt.signal.aborted) await postpone(planeId, begunMs)
      else await fail(planeId, begunMs, error)
    } finally {
      entry.running = false
      entry.interrupt = undefined
      entry.file = await readWatch(home, planeId)
      changes.notify()
    }
  }

  async function settle(planeId: string, watch: Watch, begunMs: number, { report, comparison }: Looked): Promise<void> {
    // The plane may have been removed, or its schedule ended, during the run.
    if ((await readWatch(home, planeId)) === undefined) return
    await history.keep(planeId, report, 'watch')
    const found = comparison?.changes ?? []
    await updateWatch(home, planeId, (file) => ({
      ...file,
      ...times(file, begunMs),
      // The run does not belong to a schedule that was changed meanwhile.
      ...(JSON.stringify(file.watch) === JSON.stringify(watch) ? { changes: found } : {}),
      problem: problemsOf(report),
    }))
    const news = found.filter(isNews)
    if (news.length > 0) tell(planeId, news)
  }

  async function fail(planeId: string, begunMs: number, error: unknown): Promise<void> {
    const { message, hint } = reportProblem(error)
    await updateWatch(home, planeId, (file) => ({
      ...file,
      ...times(file, begunMs),
      changes: [],
      problem: `${message} ${hint}`.trim(),
    }))
  }

  /** A user's check interrupted the run: it is made once that check ends. */
  async function postpone(planeId: string, begunMs: number): Promise<void> {
    await updateWatch(home, planeId, (file) => ({ ...file, nextAt: stamp(begunMs) }))
  }

  /** Times that passed during a long run are skipped. */
  function times({ watch, nextAt }: WatchFile, begunMs: number): Pick<WatchFile, 'lastAt' | 'nextAt'> {
    const now = clock.nowMs()
    const next = untilDueMs(watch, Date.parse(nextAt), now) > 0 ? nextAt : stamp(nextMs(watch, now, random()))
    return { lastAt: stamp(begunMs), nextAt: next }
  }

  function begin(planeId: string, entry: Entry, delayMs: number): void {
    const stop = new AbortController()
    const signal = AbortSignal.any([stop.signal, closing.signal])
    entry.stop = stop
    const first = delayMs === 0 ? Promise.resolve() : clock.wait(delayMs, signal)
    entry.ended = first.then(() => follow(planeId, entry, signal))
  }

  async function halt(entry: Entry): Promise<void> {
    entry.stop?.abort()
    await entry.ended
  }

  return {
    async start() {
      started = true
      for (const [index, planeId] of (await watchedPlanes(home)).entries()) {
        const entry = await entryOf(planeId)
        if (entry.stop === undefined) begin(planeId, entry, afterStartMs * (index + 1))
      }
    },
    async state(planeId) {
      return shown(planeId, await entryOf(planeId))
    },
    async set(planeId, watch) {
      const entry = await entryOf(planeId)
      if (watch !== null && JSON.stringify(entry.file?.watch) === JSON.stringify(watch)) return
      await halt(entry)
      entry.stop = undefined
      entry.file = await setWatch(home, planeId, (before) => {
        if (watch === null) return undefined
        const { lastAt = null, changes: known = [] } = before ?? {}
        return { watch, lastAt, nextAt: stamp(clock.nowMs()), changes: known, problem: '' }
      })
      if (watch !== null && started && !closing.signal.aborted) begin(planeId, entry, 0)
      changes.notify()
    },
    async *states(signal) {
      for (const planeId of await watchedPlanes(home)) await entryOf(planeId)
      for await (const _ of changes.watch(noticeEveryMs, signal)) {
        yield [...entries].map(([planeId, entry]) => shown(planeId, entry)).filter(({ watch }) => watch !== null)
      }
    },
    pause(planeId) {
      const entry = entries.get(planeId) ?? newEntry()
      entries.set(planeId, entry)
      entry.userChecks += 1
      entry.interrupt?.abort()
      let left = false
      return () => {
        if (left) return
        left = true
        entry.userChecks -= 1
        if (entry.userChecks > 0) return
        entry.free.resolve()
        entry.free = Promise.withResolvers()
      }
    },
    async forget(planeId) {
      const entry = entries.get(planeId)
      entries.delete(planeId)
      if (entry !== undefined) await halt(entry)
      changes.notify()
    },
    async close() {
      closing.abort()
      await Promise.all([...entries.values()].map(({ ended }) => ended))
    },
  }
}

const newEntry = (): Entry => ({
  file: undefined,
  running: false,
  userChecks: 0,
  free: Promise.withResolvers(),
  interrupt: undefined,
  stop: undefined,
  ended: Promise.resolve(),
})

/** Vantages that could not be used, and why. */
function problemsOf({ vantages }: Looked['report']): string {
  return vantages
    .filter(({ state }) => state === 'failed')
    .map(({ vantage, message: says }) => `From ${vantageInSentence(vantage)} nothing could be checked: ${says}`)
    .join(' ')
    .slice(0, 2_000)
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
