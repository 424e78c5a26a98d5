import type { RunEntry } from '../../preload/contract/connectivity.ts'
import type { EndpointFault, Observation, PlaneSummary, RunCounts } from '../../preload/contract/fleet.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import type { WorkloadsEvent } from '../../preload/contract/workloads.ts'
import { Changes } from '../lib/changes.ts'
import { inParallel } from '../lib/concurrency/in-parallel.ts'
import { lastHours } from './hours.ts'
import { HeldBack, isOnlyProgress } from './momentary.ts'
import { failedReading, observationOf, readOnce } from './observation.ts'
import { ObservedPlanes } from './observed-planes.ts'
import type { FleetRecords } from './record.ts'

export interface FleetPorts {
  readonly records: FleetRecords
  planes(): Promise<readonly Plane[]>
  /** Saved runs, the newest first. */
  runs(planeId: string): Promise<readonly RunEntry[]>
  /** Of the latest results; undefined if there are none that verify. */
  faults(planeId: string): Promise<readonly EndpointFault[] | undefined>
  /** Follows a plane's cluster; what it reports also arrives by `observed`. */
  watch(planeId: string, signal: AbortSignal): AsyncIterable<WorkloadsEvent>
  /** Of the API server; undefined if it does not respond. */
  version(plane: Plane, signal: AbortSignal): Promise<string | undefined>
  /** Checks all endpoints from this computer, and saves the run. */
  checkConnections(planeId: string, signal: AbortSignal): Promise<void>
  /** Called with each observation that is recorded, and the one before. */
  observed?(planeId: string, before: Observation | undefined, after: Observation): Promise<void>
  /** Ms since 1970; tests replace it. */
  readonly now?: () => number
}

/** What is known of all planes, without a connection to any of them. */
export interface Fleet {
  watch(signal: AbortSignal): AsyncGenerator<{ planes: PlaneSummary[] }>
  check(
    input: { readonly planeIds: readonly string[]; readonly connections: boolean },
    signal: AbortSignal,
  ): Promise<void>
  /** Called with every event of a plane that is watched for any reason. */
  observed(planeId: string, event: WorkloadsEvent): Promise<void>
  /** Called after a check of connections, which can have saved a run or replaced results of the latest one. */
  runSaved(planeId: string | undefined): void
  forget(planeId: string): Promise<void>
  /** Saves what is not saved yet. */
  close(): Promise<void>
}

const noticeEveryMs = 500
/** Runs are saved by checks that this feature does not see, also in other processes. */
const runsReadEveryMs = 10_000
const shownRuns = 20
/** Clusters that are asked at once: each has a thread's attention and connections of its own. */
const checkedAtOnce = 4

interface SavedConnections {
  readonly runs: readonly RunCounts[]
  readonly faults: readonly EndpointFault[] | undefined
}
type RunsOfPlanes = ReadonlyMap<string, SavedConnections>

export function createFleet({ records, now = Date.now, ...ports }: FleetPorts): Fleet {
  const observed = new ObservedPlanes(records, now)
  const checking = new Set<string>()
  const changes = new Changes()
  const progress = new HeldBack((planeId, latest) => void record(planeId, latest).catch(() => undefined))
  const faults = new FaultsByRun(ports)
  /** Counts the checks that can have saved a run. */
  let runsSaved = 0

  async function record(planeId: string, observation: Observation): Promise<void> {
    const plane = (await ports.planes()).find(({ id }) => id === planeId)
    if (plane === undefined) return
    const before = await observed.record(plane, observation)
    changes.notify()
    await ports.observed?.(planeId, before, observation)
  }

  async function readCluster(plane: Plane, signal: AbortSignal): Promise<void> {
    const { id, contextName } = plane
    const version = ports.version(plane, signal).catch(() => undefined)
    try {
      const observation = await readOnce(contextName, (until) => ports.watch(id, until), signal)
      await record(id, { ...observation, version: await version })
    } catch (error) {
      if (!signal.aborted) await record(id, failedReading(error, observed.get(id)?.observation))
    }
  }

  async function checkPlane(plane: Plane, connections: boolean, signal: AbortSignal): Promise<void> {
    checking.add(plane.id)
    changes.notify()
    try {
      await Promise.all([
        readCluster(plane, signal),
        connections ? ports.checkConnections(plane.id, signal).catch(() => undefined) : undefined,
      ])
    } finally {
      checking.delete(plane.id)
      if (connections) runSaved(plane.id)
      changes.notify()
    }
  }

  function runSaved(planeId: string | undefined): void {
    runsSaved += 1
    if (planeId !== undefined) faults.forget(planeId)
    changes.notify()
  }

  async function summaries(runsOf: RunsOfPlanes): Promise<PlaneSummary[]> {
    const planes = await ports.planes()
    await Promise.all(planes.map(({ id }) => observed.load(id)))
    return planes.map(({ id }) => {
      const state = observed.get(id)
      const { runs = [], faults: known } = runsOf.get(id) ?? {}
      return {
        planeId: id,
        observation: state?.observation ?? null,
        observedAt: state?.observedAt ?? null,
        checking: checking.has(id),
        runs: runs.slice(0, shownRuns),
        ...(known === undefined ? {} : { faults: [...known] }),
        hours: lastHours(state?.hours ?? new Map(), runs, now()),
      }
    })
  }

  async function readRuns(): Promise<RunsOfPlanes> {
    const planes = await ports.planes()
    const entries = await Promise.all(
      planes.map(async ({ id }) => {
        const runs = await ports.runs(id).catch(() => [])
        const verified = runs.filter((run) => run.verified)
        const counts = verified.map(({ startedAt, counts: of }) => ({ at: startedAt, counts: of }))
        return [id, { runs: counts, faults: await faults.of(id, verified[0]?.runId) }] as const
      }),
    )
    return new Map(entries)
  }

  /** The summaries of all planes, at the start and after each change. Observations are saved at the rate of the runs. */
  async function* follow(signal: AbortSignal): AsyncGenerator<PlaneSummary[]> {
    const tick = setInterval(() => changes.notify(), runsReadEveryMs)
    tick.unref()
    let runs: RunsOfPlanes = new Map()
    let readAtMs = Number.NEGATIVE_INFINITY
    let readAfter = runsSaved
    try {
      for await (const _ of changes.watch(noticeEveryMs, signal)) {
        if (performance.now() - readAtMs >= runsReadEveryMs || readAfter !== runsSaved) {
          readAfter = runsSaved
          runs = await readRuns()
          readAtMs = performance.now()
          await observed.save()
        }
        yield await summaries(runs)
      }
    } finally {
      clearInterval(tick)
    }
  }

  return {
    async *watch(signal) {
      const sent = new Map<string, string>()
      for await (const all of follow(signal)) {
        const planes = all.filter((summary) => {
          const text = JSON.stringify(summary)
          if (sent.get(summary.planeId) === text) return false
          sent.set(summary.planeId, text)
          return true
        })
        if (planes.length > 0) yield { planes }
      }
    },
    async check({ planeIds, connections }, signal) {
      const wanted = new Set(planeIds)
      const planes = (await ports.planes()).filter(({ id }) => wanted.has(id))
      await inParallel(planes, checkedAtOnce, (plane) => checkPlane(plane, connections, signal))
      await observed.save()
    },
    async observed(planeId, event) {
      const observation = observationOf(event)
      if (observation === undefined) return
      if (isOnlyProgress(observed.get(planeId)?.observation, observation)) {
        progress.hold(planeId, observation)
        return
      }
      progress.drop(planeId)
      if (observed.isNews(planeId, observation)) await record(planeId, observation)
    },
    runSaved,
    forget(planeId) {
      faults.forget(planeId)
      progress.drop(planeId)
      return observed.forget(planeId)
    },
    close() {
      progress.close()
      return observed.save()
    },
  }
}

/** The latest report of a plane is read again only after another run, or after a check in this process. */
class FaultsByRun {
  readonly #ports: Pick<FleetPorts, 'faults'>
  readonly #known = new Map<string, { readonly runId: string; readonly faults: Promise<SavedConnections['faults']> }>()

  constructor(ports: Pick<FleetPorts, 'faults'>) {
    this.#ports = ports
  }

  async of(planeId: string, runId: string | undefined): Promise<SavedConnections['faults']> {
    if (runId === undefined) return undefined
    const known = this.#known.get(planeId)
    if (known?.runId === runId) return known.faults
    const faults = this.#ports.faults(planeId).catch(() => undefined)
    this.#known.set(planeId, { runId, faults })
    return faults
  }

  forget(planeId: string): void {
    this.#known.delete(planeId)
  }
}
