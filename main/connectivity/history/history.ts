import { randomUUID } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Comparison, ConnectivityReport, RunEntry } from '../../../preload/contract/connectivity.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { makePrivateFolder, writeAtomically } from '../../lib/files.ts'
import { withLock } from '../../lib/lock.ts'
import { LineChain, recordKey } from '../../lib/signed-lines.ts'
import { compare } from './compare.ts'
import { mergeRecheck, mergeRun } from './merge.ts'
import { type Limits, type SavedRun, toRemove } from './retention.ts'
import { fileNameOf, readHead, readReport, runIdIn, runText, type SavedHead, type SavedReport } from './run-file.ts'

/** For each plane. */
const defaultLimits: Limits = { runs: 200, bytes: 64 * 1_048_576 }

/** A draft of a killed process is removed after this time. */
const draftAgeMs = 3_600_000

/**
 * Saved runs, by plane. Each run has a private file, so that a damaged file affects no other run. A run that this
 * installation did not write as it is stays readable, and nothing is decided with it.
 */
export interface History {
  /** Saves a run of all endpoints. */
  save(planeId: string, report: ConnectivityReport, by: RunEntry['by']): Promise<void>
  /** Replaces the rechecked endpoints in the report of `last`. Does nothing before the first run. */
  saveRecheck(planeId: string, recheck: ConnectivityReport): Promise<void>
  /**
   * The latest report: the newest run of all endpoints, with endpoints rechecked since, and with results of other vantages
   * from the day before. `StageResult.at` is the time of each check. It is one that does not verify only if no saved run does.
   */
  last(planeId: string): Promise<ConnectivityReport | null>
  /** The same, but null instead of a report that does not verify. */
  lastVerified(planeId: string): Promise<ConnectivityReport | null>
  /** The newest first. */
  runs(planeId: string): Promise<RunEntry[]>
  /** A run, or the report of `last` by its own id. Throws RUN_UNKNOWN, RUN_DAMAGED. */
  run(planeId: string, runId: string): Promise<ConnectivityReport>
  /** A saved run of all endpoints; undefined if it is not saved, damaged or does not verify. */
  verifiedRun(planeId: string, runId: string): Promise<ConnectivityReport | undefined>
  /** Throws RUN_UNKNOWN, RUN_DAMAGED. */
  compare(planeId: string, before: string, after: string): Promise<Comparison>
  /** Removes all saved runs of the plane. Runs that end later are not saved. */
  forget(planeId: string): Promise<void>
}

/** The folder of a plane: its runs, its latest report and its watch. */
export const planeFolder = (home: string, planeId: string): string => join(home, 'connectivity', planeId)

export function createHistory(home: string, limits: Limits = defaultLimits): History {
  const forgotten = new Set<string>()
  const key = recordKey(home)
  /** Run files never change, so each first line is read once. Null: damaged. */
  const heads = new Map<string, SavedHead | null>()

  const runsFolder = (planeId: string): string => join(planeFolder(home, planeId), 'runs')
  const latestFile = (planeId: string): string => join(planeFolder(home, planeId), 'picture.json')
  /** A file is bound to its plane and run: one that was copied to another name does not verify. */
  const runChain = async (planeId: string, runId: string): Promise<LineChain> =>
    new LineChain(await key(), ['run', planeId, runId])
  const latestChain = async (planeId: string): Promise<LineChain> => new LineChain(await key(), ['latest', planeId])
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

  async function headOf(planeId: string, name: string): Promise<SavedHead | undefined> {
    const file = join(runsFolder(planeId), name)
    const cached = heads.get(file)
    if (cached !== undefined) return cached ?? undefined
    const runId = runIdIn(name) ?? ''
    const head = await readHead(file, await runChain(planeId, runId))
    // A file whose name has the id of another run was not written by Hangar.
    const valid = head?.runId === runId ? head : undefined
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

  const readRun = async (planeId: string, name: string): Promise<SavedReport | undefined> =>
    readReport(join(runsFolder(planeId), name), await runChain(planeId, runIdIn(name) ?? ''))

  /** The newest that verifies; else the newest. */
  async function newestRun(planeId: string): Promise<SavedReport | undefined> {
    const [verified, others]: [string[], string[]] = [[], []]
    for (const name of (await runFiles(planeId)).toReversed())
      ((await headOf(planeId, name))?.verified ? verified : others).push(name)
    for (const name of [...verified, ...others]) {
      const saved = await readRun(planeId, name)
      if (saved !== undefined) return saved
    }
    return undefined
  }

  async function latest(planeId: string): Promise<SavedReport | undefined> {
    const saved = await readReport(latestFile(planeId), await latestChain(planeId))
    if (saved?.verified) return saved
    const newest = await newestRun(planeId)
    return newest?.verified ? newest : (saved ?? newest)
  }

  async function lastVerified(planeId: string): Promise<ConnectivityReport | null> {
    const saved = await latest(planeId)
    return saved?.verified ? saved.report : null
  }

  /** A report with a part that does not verify is not signed. */
  async function writeLatest(planeId: string, { report, verified }: SavedReport): Promise<void> {
    const text = verified ? (await latestChain(planeId)).sign(report) : JSON.stringify(report)
    await writeAtomically(latestFile(planeId), `${text}\n`)
  }

  const history: History = {
    save: (planeId, report, by) =>
      withPlaneLock(planeId, async () => {
        await makePrivateFolder(runsFolder(planeId))
        // Results that do not verify must not get into a file that does.
        const before = await lastVerified(planeId)
        const text = runText(report, by, await runChain(planeId, report.runId))
        await writeAtomically(join(runsFolder(planeId), fileNameOf(report)), text)
        await writeLatest(planeId, { report: mergeRun(before, report, randomUUID()), verified: true })
        await applyRetention(planeId)
      }),
    async saveRecheck(planeId, recheck) {
      // Checked before taking the lock, so that no folder is created for a plane without runs.
      if ((await latest(planeId)) === undefined) return
      await withPlaneLock(planeId, async () => {
        const before = await latest(planeId)
        if (before !== undefined)
          await writeLatest(planeId, { ...before, report: mergeRecheck(before.report, recheck) })
      })
    },
    last: async (planeId) => (await latest(planeId))?.report ?? null,
    lastVerified,
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
        const report = (await latest(planeId))?.report
        if (report?.runId === runId) return report
        throw new Problem('RUN_UNKNOWN', 'That run is not saved, or was removed.')
      }
      const saved = await readRun(planeId, name)
      if (saved === undefined) throw new Problem('RUN_DAMAGED', 'The file of that run is damaged.', name)
      return saved.report
    },
    async verifiedRun(planeId, runId) {
      const name = (await runFiles(planeId)).find((each) => runIdIn(each) === runId)
      const saved = name === undefined ? undefined : await readRun(planeId, name)
      return saved?.verified ? saved.report : undefined
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
