import { randomUUID } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Comparison, ConnectivityReport, RunEntry } from '../../../preload/contract/connectivity.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { makePrivateFolder, writeAtomically } from '../../lib/files.ts'
import { withLock } from '../../lib/lock.ts'
import { compare } from './compare.ts'
import { withPart, withWhole } from './merge.ts'
import { type KeptRun, type Limits, toRemove } from './retention.ts'
import { fileNameOf, type RunHead, readHead, readReport, runIdIn, runText } from './run-file.ts'

/** Of a plane. */
const keptLimits: Limits = { runs: 200, bytes: 64 * 1_048_576 }

/** A draft that its process left behind when it was killed is removed after this time. */
const draftAgeMs = 3_600_000

/** The runs that are kept, per plane: one private file each, so that one that is damaged costs itself alone. */
export interface History {
  /** Keeps the run of a whole table. */
  keep(planeId: string, report: ConnectivityReport, by: RunEntry['by']): Promise<void>
  /** Puts rows that were checked again into the picture of `last`. Without a picture there is nothing to put them into. */
  amend(planeId: string, part: ConnectivityReport): Promise<void>
  /**
   * What is known now: the newest run of the whole table, with the rows that were checked again since, and the columns of
   * other vantages of the day before. When a row was looked at, its stages tell.
   */
  last(planeId: string): Promise<ConnectivityReport | null>
  /** The newest first. */
  runs(planeId: string): Promise<RunEntry[]>
  /** A run, or the picture of `last` by its own id. Throws RUN_UNKNOWN, RUN_DAMAGED. */
  run(planeId: string, runId: string): Promise<ConnectivityReport>
  /** Throws as `run` does. */
  compare(planeId: string, before: string, after: string): Promise<Comparison>
  /** Removes what is kept of the plane, for good: what still runs for it is not kept any more. */
  forget(planeId: string): Promise<void>
}

/** The folder of a plane: runs, the picture, its watch. */
export const planeFolder = (home: string, planeId: string): string => join(home, 'connectivity', planeId)

export function createHistory(home: string, limits: Limits = keptLimits): History {
  const forgotten = new Set<string>()
  /** Files do not change once they are written, so each first line is read once. Null: damaged. */
  const heads = new Map<string, RunHead | null>()

  const runsFolder = (planeId: string): string => join(planeFolder(home, planeId), 'runs')
  const pictureFile = (planeId: string): string => join(planeFolder(home, planeId), 'picture.json')
  /** What is being written this moment, by plane. */
  const writing = new Map<string, Set<Promise<void>>>()
  async function within(planeId: string, act: () => Promise<void>): Promise<void> {
    if (forgotten.has(planeId)) return
    const work = (async () => {
      await makePrivateFolder(join(home, 'connectivity'))
      await makePrivateFolder(planeFolder(home, planeId))
      await withLock(join(planeFolder(home, planeId), 'history.lock'), act)
    })()
    const ofPlane = writing.get(planeId) ?? new Set()
    writing.set(planeId, ofPlane.add(work))
    await work.finally(() => ofPlane.delete(work))
  }

  async function names(planeId: string): Promise<readonly string[]> {
    const all = await readdir(runsFolder(planeId)).catch(() => [])
    return all.filter((name) => runIdIn(name) !== undefined).sort()
  }

  async function headOf(planeId: string, name: string): Promise<RunHead | undefined> {
    const file = join(runsFolder(planeId), name)
    const known = heads.get(file)
    if (known !== undefined) return known ?? undefined
    const head = await readHead(file)
    // A file that bears another run's name was put there by somebody else.
    const own = head?.runId === runIdIn(name) ? head : undefined
    heads.set(file, own ?? null)
    return own
  }

  async function thin(planeId: string): Promise<void> {
    const folder = runsFolder(planeId)
    const kept: KeptRun[] = []
    for (const file of await names(planeId)) {
      const [head, found] = [await headOf(planeId, file), await stat(join(folder, file)).catch(() => undefined)]
      if (found === undefined) continue
      kept.push({ file, bytes: found.size, by: head?.by ?? 'watch', fingerprint: head?.fingerprint })
    }
    for (const file of toRemove(kept, limits)) {
      await rm(join(folder, file), { force: true })
      heads.delete(join(folder, file))
    }
    await sweepDrafts(folder)
  }

  async function newest(planeId: string): Promise<ConnectivityReport | null> {
    for (const name of (await names(planeId)).toReversed()) {
      const report = await readReport(join(runsFolder(planeId), name))
      if (report !== undefined) return report
    }
    return null
  }

  async function picture(planeId: string): Promise<ConnectivityReport | null> {
    return (await readReport(pictureFile(planeId))) ?? (await newest(planeId))
  }

  const paint = (planeId: string, report: ConnectivityReport): Promise<void> =>
    writeAtomically(pictureFile(planeId), JSON.stringify(report))

  const history: History = {
    keep: (planeId, report, by) =>
      within(planeId, async () => {
        await makePrivateFolder(runsFolder(planeId))
        const before = await picture(planeId)
        await writeAtomically(join(runsFolder(planeId), fileNameOf(report)), runText(report, by))
        await paint(planeId, withWhole(before, report, randomUUID()))
        await thin(planeId)
      }),
    async amend(planeId, part) {
      // Asked first without the lock: where nothing is kept, nothing is made.
      if ((await picture(planeId)) === null) return
      await within(planeId, async () => {
        const before = await picture(planeId)
        if (before !== null) await paint(planeId, withPart(before, part))
      })
    },
    last: picture,
    async runs(planeId) {
      const entries: RunEntry[] = []
      for (const name of await names(planeId)) {
        const head = await headOf(planeId, name)
        if (head === undefined) continue
        const { fingerprint: _, ...entry } = head
        entries.push(entry)
      }
      return entries.reverse()
    },
    async run(planeId, runId) {
      const name = (await names(planeId)).find((each) => runIdIn(each) === runId)
      if (name === undefined) {
        const shown = await picture(planeId)
        if (shown?.runId === runId) return shown
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
      // It is removed with the rest.
      await Promise.allSettled(writing.get(planeId) ?? [])
      writing.delete(planeId)
      for (const file of heads.keys()) if (file.startsWith(folder)) heads.delete(file)
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
      // Where Hangar 0.1 kept its one report.
      await rm(`${folder}.json`, { force: true })
    },
  }
  return history
}

async function sweepDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.draft')) continue
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found !== undefined && Date.now() - found.mtimeMs > draftAgeMs) await rm(join(folder, name), { force: true })
  }
}
