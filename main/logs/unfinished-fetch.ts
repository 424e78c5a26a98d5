import { UnfinishedFetch } from '../../preload/contract/logs.ts'
import { type ProblemReport, reportProblem } from '../../preload/contract/problem.ts'

/** The last fetch of a plane as one text, stored encrypted: it says where the plane's logs are. */
export interface FetchesPorts {
  /** Throws VAULT_LOCKED. */
  read(planeId: string): Promise<string | undefined>
  /** Undefined removes it, also while the vault is locked. Throws VAULT_LOCKED. */
  write(planeId: string, text: string | undefined): Promise<void>
}

type Stored = Omit<UnfinishedFetch, 'isRunning'>
const Stored = UnfinishedFetch.omit({ isRunning: true })

/** Remembers the last fetch of each plane until it is complete, so that it can be continued after a restart. */
export class UnfinishedFetches {
  readonly #ports: FetchesPorts
  /** Planes of which this process fetches, with how many calls. */
  readonly #running = new Map<string, number>()

  constructor(ports: FetchesPorts) {
    this.#ports = ports
  }

  /** Throws VAULT_LOCKED. */
  async get(planeId: string): Promise<UnfinishedFetch | null> {
    const text = await this.#ports.read(planeId)
    const parsed = Stored.safeParse(text === undefined ? undefined : JSON.parse(text))
    return parsed.success ? { ...parsed.data, isRunning: this.#running.has(planeId) } : null
  }

  async forget(planeId: string): Promise<void> {
    await this.#ports.write(planeId, undefined)
  }

  /**
   * Remembers a fetch while it runs and, unless it is complete, afterwards: with the reason, if it was not cancelled by the
   * signal. `isComplete` is asked of what it gives. Throws VAULT_LOCKED, and what the fetch does.
   */
  async *during<Event>(
    planeId: string,
    fetch: Omit<Stored, 'startedAt' | 'problem'>,
    events: () => AsyncGenerator<Event>,
    isComplete: (event: Event) => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<Event> {
    const stored: Stored = { ...fetch, startedAt: new Date().toISOString() }
    await this.#ports.write(planeId, JSON.stringify(stored))
    this.#count(planeId, 1)
    try {
      for await (const event of events()) {
        if (isComplete(event)) await this.#ports.write(planeId, undefined)
        yield event
      }
    } catch (error) {
      if (!signal.aborted) await this.#remember(planeId, stored, reportProblem(error))
      throw error
    } finally {
      this.#count(planeId, -1)
    }
  }

  /** A vault that was locked meanwhile keeps what it has: without the reason. */
  async #remember(planeId: string, stored: Stored, problem: ProblemReport): Promise<void> {
    await this.#ports.write(planeId, JSON.stringify({ ...stored, problem })).catch(() => undefined)
  }

  #count(planeId: string, change: number): void {
    const count = (this.#running.get(planeId) ?? 0) + change
    if (count === 0) this.#running.delete(planeId)
    else this.#running.set(planeId, count)
  }
}
