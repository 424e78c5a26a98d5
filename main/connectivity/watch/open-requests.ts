import { Changes } from '../../lib/changes.ts'

/** A request to open a plane is dropped if no window takes it in this time. */
const openLimitMs = 30_000

/** Planes that the user opens from outside the window, by a click on a notification. */
export class OpenRequests {
  #pending: { readonly planeId: string; readonly untilMs: number } | undefined
  readonly #changes = new Changes()

  request(planeId: string): void {
    this.#pending = { planeId, untilMs: performance.now() + openLimitMs }
    this.#changes.notify()
  }

  /** Yields each request to one window, the first that takes it, even if it was opened later. Ends by abort. */
  async *subscribe(signal: AbortSignal): AsyncGenerator<{ planeId: string }> {
    for await (const _ of this.#changes.watch(0, signal)) {
      const request = this.#pending
      this.#pending = undefined
      if (request !== undefined && performance.now() < request.untilMs) yield { planeId: request.planeId }
    }
  }
}
