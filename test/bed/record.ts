import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isRunning } from '../../scripts/process-id.ts'
import { BedProblem } from './bed-problem.ts'
import { bedsFolder, isBedName, type Places, placesOf } from './layout.ts'
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

/** On disk from a bed's first moment, so that whoever comes after a crash knows what is left of it. */
export const BedRecord = z.strictObject({
  name: z.string(),
  /** The process that everything else of the bed ends with. */
  keeper: ProcessId,
  /** Absent for a simulated bed. */
  cgroup: z.string().optional(),
  state: z.enum(['starting', 'up']),
  facts: BedFacts.optional(),
})
export type BedRecord = z.infer<typeof BedRecord>

export const writeRecord = async (places: Places, record: BedRecord): Promise<void> => {
  await writeFile(`${places.record}.part`, JSON.stringify(record), { mode: 0o600 })
  await rename(`${places.record}.part`, places.record)
}

/** Undefined where there is no such bed, or none that can be read. */
export const readRecord = async (name: string): Promise<BedRecord | undefined> => {
  const text = await readFile(placesOf(name).record, 'utf8').catch(() => undefined)
  const parsed = text === undefined ? undefined : BedRecord.safeParse(JSON.parse(text))
  return parsed?.data
}

export const listRecords = async (): Promise<BedRecord[]> => {
  const names = await readdir(bedsFolder()).catch(() => [])
  const records = await Promise.all(names.filter(isBedName).map(readRecord))
  return records.filter((record) => record !== undefined)
}

const removeLimitMs = 20_000

/** Removes what a bed left behind, its processes having ended with its keeper. */
export const removeRemains = async (places: Places, cgroup: string | undefined, signal: AbortSignal): Promise<void> => {
  if (cgroup !== undefined) await removeCgroup(cgroup, signal)
  // A program that is just ending may still write.
  await until(
    `The end of ${places.folder}`,
    async () => {
      await rm(places.folder, { recursive: true, force: true })
      return !existsSync(places.folder)
    },
    removeLimitMs,
    signal,
  )
}

const lostAfterMs = 24 * 3_600_000

/** Removes the remains of beds whose keeper is gone. Returns their names. */
export const sweep = async (signal: AbortSignal): Promise<string[]> => {
  const stale = (await listRecords()).filter(({ keeper }) => !isRunning(keeper))
  for (const { name, cgroup } of stale) await removeRemains(placesOf(name), cgroup, signal)
  for (const name of await readdir(bedsFolder()).catch(() => [])) {
    const path = join(bedsFolder(), name)
    const changedMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now()
    // Logs of beds that failed to start, and folders whose maker died before it could say what they are.
    const isLost = name.endsWith('.log') || !existsSync(join(path, 'bed.json'))
    if (isLost && Date.now() - changedMs > lostAfterMs) await rm(path, { recursive: true, force: true })
  }
  return stale.map(({ name }) => name)
}

/** Makes the bed's folder, which also claims its name. */
export const claimName = async (name: string, record: BedRecord): Promise<Places> => {
  const places = placesOf(name)
  await mkdir(bedsFolder(), { recursive: true, mode: 0o700 })
  await mkdir(places.folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new BedProblem(`A bed named ${name} is there already.`, 'Use another name.')
    throw error
  })
  await writeRecord(places, record)
  await mkdir(places.logs)
  return places
}
