import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConnectivityReport, RunEntry } from '../../../preload/contract/connectivity.ts'
import type { RunVerdicts } from '../../../preload/verdict-history.ts'
import { makePrivateFolder, writeAtomically } from '../../lib/files.ts'
import { LineChain } from '../../lib/signed-lines.ts'
import { type Limits, type SavedRun, toRemove } from './retention.ts'
import {
  fileNameOf,
  readHead,
  readReport,
  readVerdicts,
  runIdIn,
  runText,
  type SavedHead,
  type SavedReport,
} from './run-file.ts'

/** The run files of one folder. */
export interface SavedRuns {
  /** The first lines of the readable files, the newest run first. */
  heads(): Promise<readonly SavedHead[]>
  /** Undefined: no such run is saved. Null: its file is damaged. */
  read(runId: string): Promise<SavedReport | null | undefined>
  /** The newest run that verifies; else the newest that can be read. */
  newest(): Promise<SavedReport | undefined>
  /** The verdicts of the newest runs that verify, at most `count` of them, the oldest first. */
  verdicts(count: number): Promise<readonly RunVerdicts[]>
  /** Saves a run, then removes what is over the limits. The caller holds the lock of the folder. */
  add(report: ConnectivityReport, by: RunEntry['by']): Promise<void>
}

/** The runs of `planeId`, signed with `key`, in `folder`. The folder need not exist. */
export function createSavedRuns(
  folder: string,
  planeId: string,
  key: () => Promise<Buffer>,
  limits: Limits,
): SavedRuns {
  /** Run files never change, so each first line is read once. Null: damaged. */
  const heads = new Map<string, SavedHead | null>()
  /** The same for the verdicts of whole files, which are megabytes with many nodes. Undefined: the file does not verify. */
  const verdictsOf = new Map<string, Promise<RunVerdicts | undefined>>()

  /** A file is bound to its plane and run: one that was copied to another name does not verify. */
  const chainOf = async (runId: string): Promise<LineChain> => new LineChain(await key(), ['run', planeId, runId])

  /** The oldest first. */
  async function fileNames(): Promise<readonly string[]> {
    const names = await readdir(folder).catch(() => [])
    return names.filter((name) => runIdIn(name) !== undefined).sort()
  }

  async function headIn(name: string): Promise<SavedHead | undefined> {
    const cached = heads.get(name)
    if (cached !== undefined) return cached ?? undefined
    const runId = runIdIn(name) ?? ''
    const head = await readHead(join(folder, name), await chainOf(runId))
    // A file whose name has the id of another run was not written by Hangar.
    const valid = head?.runId === runId ? head : undefined
    heads.set(name, valid ?? null)
    return valid
  }

  const reportIn = async (name: string): Promise<SavedReport | undefined> =>
    readReport(join(folder, name), await chainOf(runIdIn(name) ?? ''))

  async function verdictsIn(name: string): Promise<RunVerdicts | undefined> {
    const known = verdictsOf.get(name)
    if (known !== undefined) return known
    const reading = chainOf(runIdIn(name) ?? '').then((chain) => readVerdicts(join(folder, name), chain))
    verdictsOf.set(name, reading)
    return reading
  }

  async function applyRetention(): Promise<void> {
    const saved: SavedRun[] = []
    for (const file of await fileNames()) {
      const [head, stats] = [await headIn(file), await stat(join(folder, file)).catch(() => undefined)]
      if (stats === undefined) continue
      saved.push({ file, bytes: stats.size, by: head?.by ?? 'watch', fingerprint: head?.fingerprint })
    }
    for (const file of toRemove(saved, limits)) {
      await rm(join(folder, file), { force: true })
      heads.delete(file)
      verdictsOf.delete(file)
    }
  }

  return {
    async heads() {
      const newestFirst: SavedHead[] = []
      for (const name of (await fileNames()).toReversed()) {
        const head = await headIn(name)
        if (head !== undefined) newestFirst.push(head)
      }
      return newestFirst
    },
    async read(runId) {
      const name = (await fileNames()).find((each) => runIdIn(each) === runId)
      return name === undefined ? undefined : ((await reportIn(name)) ?? null)
    },
    async newest() {
      const [verified, others]: [string[], string[]] = [[], []]
      for (const name of (await fileNames()).toReversed())
        ((await headIn(name))?.verified ? verified : others).push(name)
      for (const name of [...verified, ...others]) {
        const saved = await reportIn(name)
        if (saved !== undefined) return saved
      }
      return undefined
    },
    async verdicts(count) {
      const newestFirst: RunVerdicts[] = []
      for (const name of (await fileNames()).toReversed()) {
        if (newestFirst.length === count) break
        if ((await headIn(name))?.verified !== true) continue
        const verdicts = await verdictsIn(name)
        if (verdicts !== undefined) newestFirst.push(verdicts)
      }
      return newestFirst.toReversed()
    },
    async add(report, by) {
      await makePrivateFolder(folder)
      const text = runText(report, by, await chainOf(report.runId))
      await writeAtomically(join(folder, fileNameOf(report)), text)
      await applyRetention()
    },
  }
}
