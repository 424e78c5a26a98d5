import { Changes } from '../../lib/changes.ts'

/** A wish to see a plane that no window came to hear in this time is forgotten. */
const openLimitMs = 30_000

/** What a person asked to see from outside of the window: by a click on a notification. */
export class OpenRequests {
  #wanted: { readonly planeId: string; readonly untilMs: number } | undefined
  readonly #changes = new Changes()

  ask(planeId: string): void {
    this.#wanted = { planeId, untilMs: performance.now() + openLimitMs }
    this.#changes.notify()
  }

  /** Each wish once, to the window that hears it first; also to one that is only opened for it. Ends by abort. */
  async *subscribe(signal: AbortSignal): AsyncGenerator<{ planeId: string }> {
    for await (const _ of this.#changes.watch(0, signal)) {
      const wanted = this.#wanted
      this.#wanted = undefined
      if (wanted !== undefined && performance.now() < wanted.untilMs) yield { planeId: wanted.planeId }
    }
  }
}
