import { setTimeout as delay } from 'node:timers/promises'
import { type ProblemReport, reportProblem } from '../../preload/contract/problem.ts'
import { saveLastKnown } from './last-known.ts'
import type { PlaneObjects } from './plane-objects.ts'

/** After a crash, at most this much of the last known state is lost. */
const saveEveryMs = 5_000
/** An unchanged state is saved again for its time alone. */
const saveAgeEveryMs = 30_000

/** Saves the last known state of a plane while it is current. */
export class StateSaver {
  readonly #file: string
  readonly #objects: PlaneObjects
  #isChanged = false
  #savedAtMs = 0
  #savedAsOf: string | undefined
  #asOf: string | undefined
  #problem: ProblemReport | undefined

  constructor(file: string, objects: PlaneObjects) {
    this.#file = file
    this.#objects = objects
  }

  /** Why the last attempt to save failed; undefined after a success. */
  get problem(): ProblemReport | undefined {
    return this.#problem
  }

  /** The cluster has confirmed the state at that time. */
  confirm(asOf: string): void {
    this.#asOf = asOf
  }

  markChanged(): void {
    this.#isChanged = true
  }

  /** Saves regularly until the signal aborts. A failed attempt is repeated with the next change. */
  async run(signal: AbortSignal): Promise<never> {
    for (;;) {
      await delay(saveEveryMs, undefined, { signal })
      if (this.#isChanged || Date.now() - this.#savedAtMs >= saveAgeEveryMs) await this.save()
    }
  }

  async save(): Promise<void> {
    const asOf = this.#asOf
    if (asOf === undefined || asOf === this.#savedAsOf) return
    this.#isChanged = false
    this.#savedAtMs = Date.now()
    try {
      const [components, objects] = [this.#objects.components(), this.#objects.objects()]
      await saveLastKnown(this.#file, { schemaVersion: 1, asOf, components, objects })
      this.#savedAsOf = asOf
      this.#problem = undefined
    } catch (error) {
      this.#problem = reportProblem(error)
    }
  }
}
