import type { Watch, WatchState } from '../../../preload/contract/connectivity.ts'
import { Changes } from '../../lib/changes.ts'
import { systemClock } from './clock.ts'
import { PlaneWatch, type PlaneWatchParts } from './plane-watch.ts'
import { startDelayMs } from './schedule.ts'
import { watchedPlanes } from './watch-file.ts'

/** The window gets at most four updates a second. */
const updateEveryMs = 250

export interface WatchParts extends Pick<PlaneWatchParts, 'home' | 'history' | 'check' | 'notify'> {
  readonly clock?: PlaneWatchParts['clock'] | undefined
  readonly random?: PlaneWatchParts['random'] | undefined
}

/** The schedules of all planes. They are stored on disk; a host that stays open runs them from `start` to `close`. */
export class Watches {
  readonly #parts: PlaneWatchParts
  readonly #planes = new Map<string, PlaneWatch>()
  readonly #changes = new Changes()
  readonly #closing = new AbortController()
  #started = false

  constructor({ clock = systemClock, random = Math.random, ...parts }: WatchParts) {
    this.#parts = { ...parts, clock, random, onChange: () => this.#changes.notify() }
  }

  async start(): Promise<void> {
    this.#started = true
    for (const [index, planeId] of (await watchedPlanes(this.#parts.home)).entries()) {
      const plane = await this.#refreshed(planeId)
      if (!plane.isFollowed) plane.follow(startDelayMs * (index + 1), this.#closing.signal)
    }
  }

  async state(planeId: string): Promise<WatchState> {
    return (await this.#refreshed(planeId)).state
  }

  /** A new schedule checks immediately and then at its interval. Null ends the schedule. */
  async set(planeId: string, watch: Watch | null): Promise<void> {
    const plane = await this.#refreshed(planeId)
    if (watch !== null && plane.hasSchedule(watch)) return
    await plane.replace(watch)
    if (watch !== null && this.#started && !this.#closing.signal.aborted) plane.follow(0, this.#closing.signal)
    this.#changes.notify()
  }

  /** The states of all schedules, the first immediately. Ends by abort. */
  async *states(signal: AbortSignal): AsyncGenerator<WatchState[]> {
    for (const planeId of await watchedPlanes(this.#parts.home)) await this.#refreshed(planeId)
    for await (const _ of this.#changes.watch(updateEveryMs, signal)) {
      yield [...this.#planes.values()].map(({ state }) => state).filter(({ watch }) => watch !== null)
    }
  }

  /** Pauses the plane's schedule for a user's check, until the returned function is called. */
  pause(planeId: string): () => void {
    return this.#plane(planeId).pause()
  }

  /** Ends the plane's schedule. Its file is removed with the plane's history. */
  async forget(planeId: string): Promise<void> {
    const plane = this.#planes.get(planeId)
    this.#planes.delete(planeId)
    await plane?.halt()
    this.#changes.notify()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([...this.#planes.values()].map(({ ended }) => ended))
  }

  #plane(planeId: string): PlaneWatch {
    const plane = this.#planes.get(planeId) ?? new PlaneWatch(planeId, this.#parts)
    this.#planes.set(planeId, plane)
    return plane
  }

  async #refreshed(planeId: string): Promise<PlaneWatch> {
    const plane = this.#plane(planeId)
    await plane.refresh()
    return plane
  }
}
