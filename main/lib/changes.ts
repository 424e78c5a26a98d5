import { setTimeout as delay } from 'node:timers/promises'

/**
 * Says "something changed" to whoever watches, as often as each of them wants to hear it.
 * Changes between two looks are one: a slow watcher gets no backlog.
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
