import { setTimeout as delay } from 'node:timers/promises'

/**
 * Notifies watchers that something changed, each at its own rate.
 * Changes between two notifications count as one: a slow watcher gets no backlog.
 */
export class Changes {
  readonly #wakers = new Set<() => void>()

  notify(): void {
    for (const wake of this.#wakers) wake()
  }

  /** Yields once at the start, then after changes, with at least `everyMs` between. Ends when the signal aborts. */
  async *watch(everyMs: number, signal: AbortSignal): AsyncGenerator<void> {
    let changed = true
    let wake: (() => void) | undefined
    const waker = (): void => {
      changed = true
      wake?.()
    }
    this.#wakers.add(waker)
    signal.addEventListener('abort', waker)
    try {
      while (!signal.aborted) {
        if (changed) {
          changed = false
          yield
          await delay(everyMs, undefined, { signal }).catch(() => undefined)
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    } finally {
      this.#wakers.delete(waker)
      signal.removeEventListener('abort', waker)
    }
  }
}
