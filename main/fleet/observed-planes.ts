import type { Observation } from '../../preload/contract/fleet.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { hourOf, withVerdict } from './hours.ts'
import type { FleetRecord, FleetRecords } from './record.ts'
import { verdictOf } from './verdict.ts'

/** An unchanged state is recorded again for its time and its hour. */
const recordAgainMs = 60_000

/** What was last observed of each plane: read from disk once, then kept in memory, and written by `save`. */
export class ObservedPlanes {
  readonly #records: FleetRecords
  readonly #now: () => number
  readonly #known = new Map<string, FleetRecord>()
  readonly #loaded = new Map<string, Promise<void>>()
  readonly #unsaved = new Set<string>()

  constructor(records: FleetRecords, now: () => number) {
    this.#records = records
    this.#now = now
  }

  /** Only after `load`. */
  get(planeId: string): FleetRecord | undefined {
    return this.#known.get(planeId)
  }

  load(planeId: string): Promise<void> {
    const loading =
      this.#loaded.get(planeId) ??
      this.#records.read(planeId).then((record) => {
        if (record !== undefined && !this.#known.has(planeId)) this.#known.set(planeId, record)
      })
    this.#loaded.set(planeId, loading)
    return loading
  }

  /** Whether it says something that is not recorded yet, or the record is old. */
  isNews(planeId: string, observation: Observation): boolean {
    const before = this.#known.get(planeId)
    if (before === undefined) return true
    const recordedMs = Date.parse(before.observedAt)
    return (
      contentOf(before.observation) !== contentOf({ ...observation, version: before.observation.version }) ||
      this.#now() - recordedMs >= recordAgainMs ||
      hourOf(recordedMs) !== hourOf(this.#now())
    )
  }

  /** Returns what was observed before. */
  async record(plane: Plane, observation: Observation): Promise<Observation | undefined> {
    await this.load(plane.id)
    const nowMs = this.#now()
    const before = this.#known.get(plane.id)
    const verdict = verdictOf(observation, plane)
    const hours = before?.hours ?? new Map()
    this.#known.set(plane.id, {
      observation: { ...observation, version: observation.version ?? before?.observation.version },
      observedAt: new Date(nowMs).toISOString(),
      hours: verdict === undefined ? hours : withVerdict(hours, nowMs, verdict),
    })
    this.#unsaved.add(plane.id)
    return before?.observation
  }

  async save(): Promise<void> {
    const planeIds = [...this.#unsaved]
    this.#unsaved.clear()
    for (const planeId of planeIds) {
      const state = this.#known.get(planeId)
      // A full disk must not end what follows the planes; the record is written again with the next observation.
      if (state !== undefined) await this.#records.save(planeId, state).catch(() => undefined)
    }
  }

  async forget(planeId: string): Promise<void> {
    this.#known.delete(planeId)
    this.#unsaved.delete(planeId)
    await this.#records.remove(planeId)
  }
}

const contentOf = ({ asOf: _, ...content }: Observation): string => JSON.stringify(content)
