import type { RunEntry } from '../../preload/contract/connectivity.ts'
import type { Observation, PlaneSummary, RunCounts } from '../../preload/contract/fleet.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { Problem, reportProblem } from '../../preload/contract/problem.ts'
import type { WorkloadsEvent } from '../../preload/contract/workloads.ts'
import { Changes } from '../lib/changes.ts'
import { inParallel } from '../lib/concurrency/in-parallel.ts'
import { type Hours, hourOf, lastHours, withVerdict } from './hours.ts'
import type { FleetRecord, FleetRecords } from './record.ts'
import { verdictOf } from './verdict.ts'

export interface FleetPorts {
  readonly records: FleetRecords
  planes(): Promise<readonly Plane[]>
  /** Saved runs, the newest first. */
  runs(planeId: string): Promise<readonly RunEntry[]>
  /** Follows a plane's cluster; what it reports also arrives by `observed`. */
  watch(planeId: string, signal: AbortSignal): AsyncIterable<WorkloadsEvent>
  /** Of the API server; undefined if it does not respond. */
  version(plane: Plane, signal: AbortSignal): Promise<string | undefined>
  /** Checks all endpoints from this computer, and saves the run. */
  checkConnections(planeId: string, signal: AbortSignal): Promise<void>
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
  /** Called after a check of connections, which can have saved a run. */
  runSaved(): void
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
/** A cluster that has not listed its objects by then is named as slow. */
const checkLimitMs = 20_000
/** An unchanged state is recorded again for its time and its hour. */
const recordAgainMs = 60_000

export function createFleet({ records, now = Date.now, ...ports }: FleetPorts): Fleet {
  const known = new Map<string, FleetRecord>()
  const loaded = new Map<string, Promise<void>>()
  const unsaved = new Set<string>()
  const checking = new Set<string>()
  const changes = new Changes()
  /** Counts the checks that can have saved a run. */
  let runsSaved = 0

  const load = (planeId: string): Promise<void> => {
    const loading =
      loaded.get(planeId) ??
      records.read(planeId).then((record) => {
        if (record !== undefined && !known.has(planeId)) known.set(planeId, record)
      })
    loaded.set(planeId, loading)
    return loading
  }

  async function record(planeId: string, observation: Observation): Promise<void> {
    await load(planeId)
    const plane = (await ports.planes()).find(({ id }) => id === planeId)
    if (plane === undefined) return
    const nowMs = now()
    const before = known.get(planeId)
    const verdict = verdictOf(observation, plane)
    const hours: Hours = before?.hours ?? new Map()
    known.set(planeId, {
      observation: { ...observation, version: observation.version ?? before?.observation.version },
      observedAt: new Date(nowMs).toISOString(),
      hours: verdict === undefined ? hours : withVerdict(hours, nowMs, verdict),
    })
    unsaved.add(planeId)
    changes.notify()
  }

  async function save(): Promise<void> {
    const planeIds = [...unsaved]
    unsaved.clear()
    for (const planeId of planeIds) {
      const state = known.get(planeId)
      // A full disk must not end what follows the planes; the record is written again with the next observation.
      if (state !== undefined) await records.save(planeId, state).catch(() => undefined)
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
      if (connections) runsSaved += 1
      changes.notify()
    }
  }

  async function readCluster(plane: Plane, signal: AbortSignal): Promise<void> {
    const limit = AbortSignal.timeout(checkLimitMs)
    try {
      const version = ports.version(plane, signal).catch(() => undefined)
      let isRead = false
      for await (const event of ports.watch(plane.id, AbortSignal.any([signal, limit]))) {
        const observation = observationOf(event)
        if (observation === undefined) continue
        await record(plane.id, { ...observation, version: await version })
        isRead = true
        break
      }
      if (!isRead && !signal.aborted) await record(plane.id, unread(plane, known.get(plane.id)?.observation))
    } catch (error) {
      if (signal.aborted) return
      const { asOf = null, components = [] } = known.get(plane.id)?.observation ?? {}
      await record(plane.id, { asOf, components, problem: reportProblem(error) })
    }
  }

  async function summaries(runsOf: ReadonlyMap<string, readonly RunCounts[]>): Promise<PlaneSummary[]> {
    const planes = await ports.planes()
    await Promise.all(planes.map(({ id }) => load(id)))
    return planes.map(({ id }) => {
      const state = known.get(id)
      const runs = runsOf.get(id) ?? []
      return {
        planeId: id,
        observation: state?.observation ?? null,
        observedAt: state?.observedAt ?? null,
        checking: checking.has(id),
        runs: runs.slice(0, shownRuns),
        hours: lastHours(state?.hours ?? new Map(), runs, now()),
      }
    })
  }

  async function readRuns(): Promise<ReadonlyMap<string, readonly RunCounts[]>> {
    const planes = await ports.planes()
    const entries = await Promise.all(
      planes.map(async ({ id }) => {
        const runs = await ports.runs(id).catch(() => [])
        const verified = runs.filter((run) => run.verified)
        return [id, verified.map(({ startedAt, counts }) => ({ at: startedAt, counts }))] as const
      }),
    )
    return new Map(entries)
  }

  return {
    async *watch(signal) {
      const sent = new Map<string, string>()
      const tick = setInterval(() => changes.notify(), runsReadEveryMs)
      tick.unref()
      let runs: Awaited<ReturnType<typeof readRuns>> = new Map()
      let readAtMs = Number.NEGATIVE_INFINITY
      let readAfter = runsSaved
      try {
        for await (const _ of changes.watch(noticeEveryMs, signal)) {
          if (performance.now() - readAtMs >= runsReadEveryMs || readAfter !== runsSaved) {
            readAfter = runsSaved
            runs = await readRuns()
            readAtMs = performance.now()
            await save()
          }
          const planes = (await summaries(runs)).filter((summary) => {
            const text = JSON.stringify(summary)
            if (sent.get(summary.planeId) === text) return false
            sent.set(summary.planeId, text)
            return true
          })
          if (planes.length > 0) yield { planes }
        }
      } finally {
        clearInterval(tick)
      }
    },
    async check({ planeIds, connections }, signal) {
      const wanted = new Set(planeIds)
      const planes = (await ports.planes()).filter(({ id }) => wanted.has(id))
      await inParallel(planes, checkedAtOnce, (plane) => checkPlane(plane, connections, signal))
      await save()
    },
    async observed(planeId, event) {
      const observation = observationOf(event)
      if (observation === undefined) return
      const before = known.get(planeId)
      const isNew =
        before === undefined ||
        contentOf(before.observation) !== contentOf({ ...observation, version: before.observation.version }) ||
        now() - Date.parse(before.observedAt) >= recordAgainMs ||
        hourOf(Date.parse(before.observedAt)) !== hourOf(now())
      if (isNew) await record(planeId, observation)
    },
    runSaved() {
      runsSaved += 1
      changes.notify()
    },
    async forget(planeId) {
      known.delete(planeId)
      unsaved.delete(planeId)
      await records.remove(planeId)
    },
    close: save,
  }
}

/** Undefined: the event says nothing yet, or what was known before. */
function observationOf(event: WorkloadsEvent): Observation | undefined {
  const { asOf, connection, components } = event.kind === 'state' ? event.status : event
  if (connection.state !== 'live' && connection.problem === undefined) return undefined
  return {
    asOf,
    ...(connection.state === 'live' ? {} : { problem: connection.problem }),
    components: components.map(({ objects: _, summary: __, ...component }) => component),
  }
}

const contentOf = ({ asOf: _, ...content }: Observation): string => JSON.stringify(content)

function unread({ contextName }: Plane, before: Observation | undefined): Observation {
  const { asOf = null, components = [] } = before ?? {}
  const problem = new Problem(
    'CLUSTER_UNREACHABLE',
    `The cluster of ${contextName} has not listed its objects within ${checkLimitMs / 1_000} s.`,
  )
  return { asOf, components, problem: reportProblem(problem) }
}
