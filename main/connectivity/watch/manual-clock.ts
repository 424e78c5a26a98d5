import type { Clock } from './clock.ts'

/** A clock for tests, which moves only by `jump`. */
export class ManualClock implements Clock {
  #nowMs: number
  readonly #sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>()

  constructor(at = '2026-03-01T12:00:00.000Z') {
    this.#nowMs = Date.parse(at)
  }

  nowMs(): number {
    return this.#nowMs
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const sleeper = { untilMs: this.#nowMs + ms, wake: () => resolve() }
      this.#sleepers.add(sleeper)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  /** Moves the clock, as after a sleep, and resolves the waits that end by then. */
  jump(ms: number): void {
    this.#nowMs += ms
    for (const sleeper of this.#sleepers) {
      if (sleeper.untilMs > this.#nowMs) continue
      this.#sleepers.delete(sleeper)
      sleeper.wake()
    }
  }
}
