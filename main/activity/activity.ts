import { randomUUID } from 'node:crypto'
import { operationEntry, runEntry } from '../../preload/activity-entries.ts'
import type { ActivityEntry, ActivityPage, ActivityQuery, RecordedEntry } from '../../preload/contract/activity.ts'
import type { RunEntry } from '../../preload/contract/connectivity.ts'
import type { Observation } from '../../preload/contract/fleet.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { Changes } from '../lib/changes.ts'
import type { DayFiles } from './day-files.ts'
import { changesBetween, isRecorded } from './health-changes.ts'

export interface ActivityPorts {
  readonly records: DayFiles
  planes(): Promise<readonly Plane[]>
  /** Saved runs of connectivity. */
  runs(planeId: string): Promise<readonly RunEntry[]>
  operations(): Promise<readonly Operation[]>
  /** Ms since 1970; tests replace it. */
  readonly now?: () => number
}

type ProfileEntry = Extract<RecordedEntry, { kind: 'profile' }>
type ProfileEdit = Pick<ProfileEntry, 'action' | 'profile' | 'parts' | 'moreParts' | 'planeId'>

/** What happened, on this computer, to planes and profiles. */
export interface Activity {
  list(query: ActivityQuery): Promise<ActivityPage>
  watch(query: ActivityQuery, signal: AbortSignal): AsyncGenerator<ActivityPage>
  /** Records what changed since the observation before. Never fails: a full disk must not end what observes. */
  observed(planeId: string, before: Observation | undefined, after: Observation): Promise<void>
  /** Records an edit of a profile; never fails. */
  edited(edit: ProfileEdit): Promise<void>
  /** Called after a check, which can have saved a run. */
  runSaved(): void
  forget(planeId: string): Promise<void>
}

/** Edits of profiles are of no plane. */
const profiles = 'profiles'
const noticeEveryMs = 500
/** Runs and records of other processes are noticed by reading again. */
const readEveryMs = 10_000

export function createActivity({ records, now = Date.now, ...ports }: ActivityPorts): Activity {
  const changes = new Changes()

  async function record(subject: string, entry: RecordedEntry, isKnown?: Parameters<DayFiles['append']>[2]) {
    try {
      if (await records.append(subject, entry, isKnown)) changes.notify()
    } catch {
      // The next change is recorded again.
    }
  }

  const stamp = (): { readonly id: string; readonly at: string } => ({
    id: randomUUID(),
    at: new Date(now()).toISOString(),
  })

  async function list({ planeId, kinds, since, until, limit }: ActivityQuery): Promise<ActivityPage> {
    const planes = (await ports.planes()).filter(({ id }) => planeId === undefined || id === planeId)
    const profilesOfPlanes = new Set(planes.map(({ profile }) => profile))
    const wants = (...of: ActivityEntry['kind'][]) => kinds === undefined || of.some((kind) => kinds.includes(kind))
    const [recorded, runs, operations] = await Promise.all([
      wants('health', 'cluster', 'profile')
        ? Promise.all([profiles, ...planes.map(({ id }) => id)].map((subject) => records.read(subject)))
        : [],
      wants('check', 'watch') ? Promise.all(planes.map((plane) => runsOf(plane))) : [],
      wants('operation') ? ports.operations() : [],
    ])
    const all: readonly ActivityEntry[] = [
      ...recorded.flatMap(({ entries }) => entries),
      ...runs.flat(),
      ...operations.map(operationEntry),
    ]
    const [sinceMs, untilMs] = [msOf(since, Number.NEGATIVE_INFINITY), msOf(until, Number.POSITIVE_INFINITY)]
    const matching = all
      .filter((entry) => {
        const atMs = Date.parse(entry.at)
        if (!wants(entry.kind) || atMs < sinceMs || atMs >= untilMs) return false
        if (planeId === undefined || entry.planeId === planeId) return true
        return entry.kind === 'profile' && entry.planeId === null && profilesOfPlanes.has(entry.profile)
      })
      .toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at) || (one.id < other.id ? 1 : -1))
    return {
      entries: matching.slice(0, limit),
      more: matching.length > limit,
      unverifiedDays: recorded.reduce((sum, { unverifiedDays }) => sum + unverifiedDays, 0),
      fullDays: recorded.reduce((sum, { fullDays }) => sum + fullDays, 0),
    }
  }

  /** A folder of runs that cannot be read must not hide the rest. */
  async function runsOf({ id }: Plane): Promise<readonly ActivityEntry[]> {
    const runs = await ports.runs(id).catch(() => [])
    return runs.map((run) => runEntry(id, run))
  }

  return {
    list,
    async *watch(query, signal) {
      const tick = setInterval(() => changes.notify(), readEveryMs)
      tick.unref()
      let sent: ReadonlyMap<string, string> | undefined
      try {
        for await (const _ of changes.watch(noticeEveryMs, signal)) {
          const page = await list(query)
          const texts = new Map(page.entries.map((entry) => [entry.id, JSON.stringify(entry)]))
          const entries = page.entries.filter(({ id }) => sent?.get(id) !== texts.get(id))
          if (sent === undefined || entries.length > 0) yield { ...page, entries }
          sent = texts
        }
      } finally {
        clearInterval(tick)
      }
    },
    async observed(planeId, before, after) {
      for (const change of changesBetween(before, after))
        await record(planeId, { ...stamp(), planeId, ...change }, (ofDay) => isRecorded(change, ofDay))
    },
    edited: (edit) => record(edit.planeId ?? profiles, { kind: 'profile', ...stamp(), outcome: 'info', ...edit }),
    runSaved: () => changes.notify(),
    forget: (planeId) => records.remove(planeId),
  }
}

const msOf = (time: string | undefined, otherwise: number): number =>
  time === undefined ? otherwise : Date.parse(time)
