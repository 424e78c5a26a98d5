import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConnectivityReport, RunEntry } from '../../../preload/contract/connectivity.ts'
import { mergeRecheck } from '../../../preload/findings.ts'
import { makePrivateFolder, writeAtomically } from '../../lib/files.ts'
import { withLock } from '../../lib/lock.ts'
import { LineChain } from '../../lib/signed-lines.ts'
import { mergeRun } from './merge.ts'
import type { Limits } from './retention.ts'
import { readReport, type SavedReport } from './run-file.ts'
import { createSavedRuns, type SavedRuns } from './saved-runs.ts'

/** The folder of a plane: its runs, its latest report and its watch. */
export const planeFolder = (home: string, planeId: string): string => join(home, 'connectivity', planeId)

/** The saved runs of one plane and its latest report. */
export interface PlaneHistory {
  readonly runs: SavedRuns
  /** The latest report; one that does not verify only if no saved run does. */
  latest(): Promise<SavedReport | undefined>
  save(report: ConnectivityReport, by: RunEntry['by']): Promise<void>
  saveRecheck(recheck: ConnectivityReport): Promise<void>
  /** Removes all files. Later writes do nothing. */
  forget(): Promise<void>
}

export function createPlaneHistory(
  home: string,
  planeId: string,
  key: () => Promise<Buffer>,
  limits: Limits,
): PlaneHistory {
  const folder = planeFolder(home, planeId)
  const runs = createSavedRuns(join(folder, 'runs'), planeId, key, limits)
  const latestFile = join(folder, 'picture.json')
  const latestChain = async (): Promise<LineChain> => new LineChain(await key(), ['latest', planeId])

  async function latest(): Promise<SavedReport | undefined> {
    const saved = await readReport(latestFile, await latestChain())
    if (saved?.verified) return saved
    const newest = await runs.newest()
    return newest?.verified ? newest : (saved ?? newest)
  }

  /** A report with a part that does not verify is not signed. */
  async function writeLatest({ report, verified }: SavedReport): Promise<void> {
    const text = verified ? (await latestChain()).sign(report) : JSON.stringify(report)
    await writeAtomically(latestFile, `${text}\n`)
  }

  let forgotten = false
  const writing = new Set<Promise<void>>()
  async function withPlaneLock(write: () => Promise<void>): Promise<void> {
    if (forgotten) return
    const pending = (async () => {
      await makePrivateFolder(join(home, 'connectivity'))
      await makePrivateFolder(folder)
      await withLock(join(folder, 'history.lock'), write)
    })()
    writing.add(pending)
    await pending.finally(() => writing.delete(pending))
  }

  return {
    runs,
    latest,
    save: (report, by) =>
      withPlaneLock(async () => {
        const before = await latest()
        await runs.add(report, by)
        // Results that do not verify must not get into a file that does.
        const merged = mergeRun(before?.verified ? before.report : null, report, randomUUID())
        await writeLatest({ report: merged, verified: true })
      }),
    async saveRecheck(recheck) {
      // Checked before taking the lock, so that no folder is created for a plane without runs.
      if ((await latest()) === undefined) return
      await withPlaneLock(async () => {
        const before = await latest()
        if (before !== undefined) await writeLatest({ ...before, report: mergeRecheck(before.report, recheck) })
      })
    },
    async forget() {
      forgotten = true
      // Pending writes end first, so that their files are removed too.
      await Promise.allSettled(writing)
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
      // Hangar 0.1 saved its only report here.
      await rm(`${folder}.json`, { force: true })
    },
  }
}
