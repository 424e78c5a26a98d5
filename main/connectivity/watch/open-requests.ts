import { Changes } from '../../lib/changes.ts'

/** A request to open a plane is dropped if no window takes it in this time. */
const openLimitMs = 30_000

/** Planes that the user opens from outside the window, by a click on a notification. */
export class OpenRequests {
  #wanted: { readonly planeId: string; readonly untilMs: number } | undefined
  readonly #changes = new Changes()

  ask(planeId: string): void {
    this.#wanted = { planeId, untilMs: performance.now() + openLimitMs }
    this.#changes.notify()
  }

  /** Each request once, to the first window that takes it, also to one that is opened for it. Ends by abort. */
  async *subscribe(signal: AbortSignal): AsyncGenerator<{ planeId: string }> {
    for await (const _ of this.#changes.watch(0, signal)) {
      const wanted = this.#wanted
      this.#wanted = undefined
      if (wanted !== undefined && performance.now() < wanted.untilMs) yield { planeId: wanted.planeId }
    }
  }
}
