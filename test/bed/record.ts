import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isRunning } from '../../scripts/process-id.ts'
import { BedProblem } from './bed-problem.ts'
import { type BedPaths, bedPaths, bedsFolder, isBedName, supervisorLog } from './layout.ts'
import { removeCgroup } from './namespaces.ts'
import { Network } from './options.ts'
import { until } from './until.ts'

const ProcessId = z.strictObject({ pid: z.number(), started: z.string() })

/** What other processes need in order to use a bed. */
export const BedFacts = z.strictObject({
  name: z.string(),
  folder: z.string(),
  kubeconfig: z.string(),
  pods: z.enum(['real', 'simulated', 'both']),
  network: Network,
  nodeAddress: z.string(),
  hostAddress: z.string(),
  resolver: z.strictObject({ address: z.string(), port: z.number() }),
  namespace: z.string().optional(),
  initPid: z.number().optional(),
  hostInterface: z.string().optional(),
  fluxCrds: z.string(),
})
export type BedFacts = z.infer<typeof BedFacts>

/** Written before anything else of a bed, so that its leftovers can be found after a crash. */
export const BedRecord = z.strictObject({
  name: z.string(),
  /** When this process ends, every other process of the bed ends. */
  supervisor: ProcessId,
  /** Absent for a simulated bed. */
  cgroup: z.string().optional(),
  state: z.enum(['starting', 'up']),
  facts: BedFacts.optional(),
})
export type BedRecord = z.infer<typeof BedRecord>

export const writeRecord = async (paths: BedPaths, record: BedRecord): Promise<void> => {
  await writeFile(`${paths.record}.part`, JSON.stringify(record), { mode: 0o600 })
  await rename(`${paths.record}.part`, paths.record)
}

/** Undefined where there is no such bed, or its record cannot be read. */
export const readRecord = async (name: string): Promise<BedRecord | undefined> => {
  const text = await readFile(bedPaths(name).record, 'utf8').catch(() => undefined)
  const parsed = text === undefined ? undefined : BedRecord.safeParse(JSON.parse(text))
  return parsed?.data
}

export const listRecords = async (): Promise<BedRecord[]> => {
  const names = await readdir(bedsFolder()).catch(() => [])
  const records = await Promise.all(names.filter(isBedName).map(readRecord))
  return records.filter((record) => record !== undefined)
}

const removeLimitMs = 20_000

/** Removes the files and the cgroup of a bed whose processes have ended. */
export const removeLeftovers = async (
  paths: BedPaths,
  cgroup: string | undefined,
  signal: AbortSignal,
): Promise<void> => {
  if (cgroup !== undefined) await removeCgroup(cgroup, signal)
  // A program that is ending may still write files.
  await until(
    `The end of ${paths.folder}`,
    async () => {
      await rm(paths.folder, { recursive: true, force: true })
      return !existsSync(paths.folder)
    },
    removeLimitMs,
    signal,
  )
}

const staleAfterMs = 24 * 3_600_000

/** Removes what is left of beds whose supervisor has ended. Returns their names. */
export const removeStaleBeds = async (signal: AbortSignal): Promise<string[]> => {
  const stale = (await listRecords()).filter(({ supervisor }) => !isRunning(supervisor))
  for (const { name, cgroup } of stale) {
    await removeLeftovers(bedPaths(name), cgroup, signal)
    await removeIfEmpty(supervisorLog(name))
  }
  for (const name of await readdir(bedsFolder()).catch(() => [])) {
    const path = join(bedsFolder(), name)
    const changedMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now()
    // Logs of beds that failed to start, and folders whose process ended before it wrote the record.
    const isStale = name.endsWith('.log') || !existsSync(join(path, 'bed.json'))
    if (isStale && Date.now() - changedMs > staleAfterMs) await rm(path, { recursive: true, force: true })
  }
  return stale.map(({ name }) => name)
}

/** A supervisor that was killed leaves its log, which is of use only with text in it. */
const removeIfEmpty = async (file: string): Promise<void> => {
  const found = await stat(file).catch(() => undefined)
  if (found?.size === 0) await rm(file, { force: true })
}

/** Creates the bed's folder, which reserves its name. */
export const claimName = async (name: string, record: BedRecord): Promise<BedPaths> => {
  const paths = bedPaths(name)
  await mkdir(bedsFolder(), { recursive: true, mode: 0o700 })
  await mkdir(paths.folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new BedProblem(`There is already a bed named ${name}.`, 'Use another name.')
    throw error
  })
  await writeRecord(paths, record)
  await mkdir(paths.logs)
  return paths
}
