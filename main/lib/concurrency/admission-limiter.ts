import { performance } from 'node:perf_hooks'

/** Rows that may start at once, … */
const startsAtOnce = 64
/** … until each has been under way for so long: what waits on the network then costs nothing, and makes room for the next. */
const busyMs = 100
/** Unless this computer is the one that is waited for: with its time used up to here, more rows would drown those under way. */
const busyShare = 0.9
/** Rows under way at once, waiting or not: each holds a socket or two. */
const underWayLimit = 2_500

/**
 * Lets rows in as fast as this computer can work on them, not as fast as the network answers: a thousand rows that time out
 * take hardly longer than one, and a thousand that answer do not drown their own deadlines.
 */
export class AdmissionLimiter {
  #starting = 0
  #underWay = 0
  readonly #waiting: (() => void)[] = []

  /** Resolves with what to call at the end. Throws the signal's reason when that comes first. */
  async enter(signal: AbortSignal): Promise<() => void> {
    while (this.#starting >= startsAtOnce || this.#underWay >= underWayLimit) {
      signal.throwIfAborted()
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting.push(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
      await promise
    }
    signal.throwIfAborted()
    this.#starting += 1
    this.#underWay += 1
    let starting = true
    const started = (): void => {
      if (!starting) return
      starting = false
      this.#starting -= 1
      this.#waiting.shift()?.()
    }
    let timer: NodeJS.Timeout
    let before = performance.eventLoopUtilization()
    const look = (): void => {
      const { utilization } = performance.eventLoopUtilization(before)
      before = performance.eventLoopUtilization()
      if (utilization < busyShare) started()
      else timer = setTimeout(look, busyMs)
    }
    timer = setTimeout(look, busyMs)
    return () => {
      clearTimeout(timer)
      this.#underWay -= 1
      started()
      this.#waiting.shift()?.()
    }
  }
}
