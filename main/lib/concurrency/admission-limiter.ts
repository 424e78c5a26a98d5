import { performance } from 'node:perf_hooks'

/** Tasks that can start at once. */
const startsAtOnce = 64
/** A task counts as starting for this long; after that it mostly waits on the network and makes room for the next. */
const busyMs = 100
/** Above this share of event loop time this computer is the bottleneck, and no further task starts. */
const busyShare = 0.9
/** Running tasks, waiting or not: each holds a socket or two. */
const runningLimit = 2_500

/**
 * Admits tasks as fast as this computer can work on them, not as fast as the network answers: a thousand connections that
 * time out take hardly longer than one, and a thousand that answer do not miss their own deadlines.
 */
export class AdmissionLimiter {
  #starting = 0
  #running = 0
  readonly #waiting: (() => void)[] = []

  /** Resolves with a function to call at the task's end. Throws the abort reason. */
  async enter(signal: AbortSignal): Promise<() => void> {
    while (this.#starting >= startsAtOnce || this.#running >= runningLimit) {
      signal.throwIfAborted()
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting.push(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
      await promise
    }
    signal.throwIfAborted()
    this.#starting += 1
    this.#running += 1
    let starting = true
    const started = (): void => {
      if (!starting) return
      starting = false
      this.#starting -= 1
      this.#waiting.shift()?.()
    }
    let timer: NodeJS.Timeout
    let before = performance.eventLoopUtilization()
    const measure = (): void => {
      const { utilization } = performance.eventLoopUtilization(before)
      before = performance.eventLoopUtilization()
      if (utilization < busyShare) started()
      else timer = setTimeout(measure, busyMs)
    }
    timer = setTimeout(measure, busyMs)
    return () => {
      clearTimeout(timer)
      this.#running -= 1
      started()
      this.#waiting.shift()?.()
    }
  }
}
