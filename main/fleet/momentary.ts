import type { Observation } from '../../preload/contract/fleet.ts'

/** Progress of healthy components that ends within this time is not recorded. */
const momentMs = 10_000

/**
 * Whether all that changed is that healthy components make progress. Flux reports that for a moment at each reconciliation
 * (Ready=Unknown, reason Progressing), also when nothing is to be done. Pure.
 */
export function isOnlyProgress(before: Observation | undefined, after: Observation): boolean {
  if (before?.problem !== undefined || after.problem !== undefined) return false
  const healthBefore = new Map(before?.components.map(({ id, health }) => [id, health]))
  const changed = after.components.filter(({ id, health }) => healthBefore.get(id) !== health)
  return (
    changed.length > 0 &&
    changed.every(({ id, health }) => health === 'progressing' && healthBefore.get(id) === 'healthy')
  )
}

/** The latest observation of each plane that makes progress, until its moment is over. */
export class HeldBack {
  readonly #held = new Map<string, { latest: Observation; readonly timer: NodeJS.Timeout }>()
  readonly #over: (planeId: string, latest: Observation) => void
  readonly #afterMs: number

  constructor(over: (planeId: string, latest: Observation) => void, afterMs = momentMs) {
    this.#over = over
    this.#afterMs = afterMs
  }

  hold(planeId: string, latest: Observation): void {
    const held = this.#held.get(planeId)
    if (held !== undefined) {
      held.latest = latest
      return
    }
    const timer = setTimeout(() => {
      const ended = this.#held.get(planeId)
      this.#held.delete(planeId)
      if (ended !== undefined) this.#over(planeId, ended.latest)
    }, this.#afterMs)
    timer.unref()
    this.#held.set(planeId, { latest, timer })
  }

  drop(planeId: string): void {
    clearTimeout(this.#held.get(planeId)?.timer)
    this.#held.delete(planeId)
  }

  close(): void {
    for (const planeId of [...this.#held.keys()]) this.drop(planeId)
  }
}
