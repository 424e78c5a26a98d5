import { randomUUID } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Comparison, ConnectivityReport, RunEntry } from '../../../preload/contract/connectivity.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { makePrivateFolder, writeAtomically } from '../../lib/files.ts'
import { withLock } from '../../lib/lock.ts'
import { compare } from './compare.ts'
import { mergeRecheck, mergeRun } from './merge.ts'
import { type Limits, type SavedRun, toRemove } from './retention.ts'
import { fileNameOf, type RunHead, readHead, readReport, runIdIn, runText } from './run-file.ts'

/** For each plane. */
const defaultLimits: Limits = { runs: 200, bytes: 64 * 1_048_576 }

/** A draft of a killed process is removed after this time. */
const draftAgeMs = 3_600_000

/** Saved runs, by plane. Each run has a private file, so that a damaged file affects no other run. */
export interface History {
  /** Saves a run of all endpoints. */
  save(planeId: string, report: ConnectivityReport, by: RunEntry['by']): Promise<void>
  /** Replaces the rechecked endpoints in the report of `last`. Does nothing before the first run. */
  saveRecheck(planeId: string, recheck: ConnectivityReport): Promise<void>
  /**
   * The latest report: the newest run of all endpoints, with endpoints rechecked since, and with results of other vantages
   * from the day before. `StageResult.at` is the time of each check.
   */
  last(planeId: string): Promise<ConnectivityReport | null>
  /** The newest first. */
  runs(planeId: string): Promise<RunEntry[]>
  /** A run, or the report of `last` by its own id. Throws RUN_UNKNOWN, RUN_DAMAGED. */
  run(planeId: string, runId: string): Promise<ConnectivityReport>
  /** Throws RUN_UNKNOWN, RUN_DAMAGED. */
  compare(planeId: string, before: string, after: string): Promise<Comparison>
  /** Removes all saved runs of the plane. Runs that end later are not saved. */
  forget(planeId: string): Promise<void>
}

/** The folder of a plane: its runs, its latest report and its watch. */
export const planeFolder = (home: string, planeId: string): string => join(home, 'connectivity', planeId)

export function createHistory(home: string, limits: Limits = defaultLimits): History {
  const forgotten = new Set<string>()
  /** Run files never change, so each first line is read once. Null: damaged. */
  const heads = new Map<string, RunHead | null>()

  const runsFolder = (planeId: string): string => join(planeFolder(home, planeId), 'runs')
  const latestFile = (planeId: string): string => join(planeFolder(home, planeId), 'picture.json')
  /** Writes in progress, by plane. */
  const writing = new Map<string, Set<Promise<void>>>()
  async function withPlaneLock(planeId: string, write: () => Promise<void>): Promise<void> {
    if (forgotten.has(planeId)) return
    const pending = (async () => {
      await makePrivateFolder(join(home, 'connectivity'))
      await makePrivateFolder(planeFolder(home, planeId))
      await withLock(join(planeFolder(home, planeId), 'history.lock'), write)
    })()
    const writesOfPlane = writing.get(planeId) ?? new Set()
    writing.set(planeId, writesOfPlane.add(pending))
    await pending.finally(() => writesOfPlane.delete(pending))
  }

  async function runFiles(planeId: string): Promise<readonly string[]> {
    const files = await readdir(runsFolder(planeId)).catch(() => [])
    return files.filter((name) => runIdIn(name) !== undefined).sort()
  }

  async function headOf(planeId: string, name: string): Promise<RunHead | undefined> {
    const file = join(runsFolder(planeId), name)
    const cached = heads.get(file)
    if (cached !== undefined) return cached ?? undefined
    const head = await readHead(file)
    // A file whose name has the id of another run was not written by Hangar.
    const valid = head?.runId === runIdIn(name) ? head : undefined
    heads.set(file, valid ?? null)
    return valid
  }

  async function applyRetention(planeId: string): Promise<void> {
    const folder = runsFolder(planeId)
    const saved: SavedRun[] = []
    for (const file of await runFiles(planeId)) {
      const [head, stats] = [await headOf(planeId, file), await stat(join(folder, file)).catch(() => undefined)]
      if (stats === undefined) continue
      saved.push({ file, bytes: stats.size, by: head?.by ?? 'watch', fingerprint: head?.fingerprint })
    }
    for (const file of toRemove(saved, limits)) {
      await rm(join(folder, file), { force: true })
      heads.delete(join(folder, file))
    }
    await removeStaleDrafts(folder)
  }

  async function newestRun(planeId: string): Promise<ConnectivityReport | null> {
    for (const name of (await runFiles(planeId)).toReversed()) {
      const report = await readReport(join(runsFolder(planeId), name))
      if (report !== undefined) return report
    }
    return null
  }

  async function latest(planeId: string): Promise<ConnectivityReport | null> {
    return (await readReport(latestFile(planeId))) ?? (await newestRun(planeId))
  }

  const writeLatest = (planeId: string, report: ConnectivityReport): Promise<void> =>
    writeAtomically(latestFile(planeId), JSON.stringify(report))

  const history: History = {
    save: (planeId, report, by) =>
      withPlaneLock(planeId, async () => {
        await makePrivateFolder(runsFolder(planeId))
        const before = await latest(planeId)
        await writeAtomically(join(runsFolder(planeId), fileNameOf(report)), runText(report, by))
        await writeLatest(planeId, mergeRun(before, report, randomUUID()))
        await applyRetention(planeId)
      }),
    async saveRecheck(planeId, recheck) {
      // Checked before taking the lock, so that no folder is created for a plane without runs.
      if ((await latest(planeId)) === null) return
      await withPlaneLock(planeId, async () => {
        const before = await latest(planeId)
        if (before !== null) await writeLatest(planeId, mergeRecheck(before, recheck))
      })
    },
    last: latest,
    async runs(planeId) {
      const entries: RunEntry[] = []
      for (const name of await runFiles(planeId)) {
        const head = await headOf(planeId, name)
        if (head === undefined) continue
        const { fingerprint: _, ...entry } = head
        entries.push(entry)
      }
      return entries.reverse()
    },
    async run(planeId, runId) {
      const name = (await runFiles(planeId)).find((each) => runIdIn(each) === runId)
      if (name === undefined) {
        const report = await latest(planeId)
        if (report?.runId === runId) return report
        throw new Problem('RUN_UNKNOWN', 'That run is not saved, or was removed.')
      }
      const report = await readReport(join(runsFolder(planeId), name))
      if (report === undefined) throw new Problem('RUN_DAMAGED', 'The file of that run is damaged.', name)
      return report
    },
    async compare(planeId, before, after) {
      return compare(await history.run(planeId, before), await history.run(planeId, after))
    },
    async forget(planeId) {
      forgotten.add(planeId)
      const folder = planeFolder(home, planeId)
      // Pending writes end first, so that their files are removed too.
      await Promise.allSettled(writing.get(planeId) ?? [])
      writing.delete(planeId)
      for (const file of heads.keys()) if (file.startsWith(folder)) heads.delete(file)
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
      // Hangar 0.1 saved its only report here.
      await rm(`${folder}.json`, { force: true })
    },
  }
  return history
}

async function removeStaleDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.draft')) continue
    const stats = await stat(join(folder, name)).catch(() => undefined)
    if (stats !== undefined && Date.now() - stats.mtimeMs > draftAgeMs) await rm(join(folder, name), { force: true })
  }
}
