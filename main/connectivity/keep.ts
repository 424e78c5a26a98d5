import { readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ConnectivityReport } from '../../preload/contract/connectivity.ts'
import { makePrivateFolder, writeAtomically } from '../lib/files.ts'

const fileOf = (home: string, planeId: string): string => join(home, 'connectivity', `${planeId}.json`)

/** Keeps a plane's last report, readable by this user alone. Whole or not at all: a killed app leaves the one before. */
export async function keepReport(home: string, planeId: string, report: ConnectivityReport): Promise<void> {
  const file = fileOf(home, planeId)
  await makePrivateFolder(dirname(file))
  await writeAtomically(file, JSON.stringify(report))
}

export async function forgetReport(home: string, planeId: string): Promise<void> {
  await rm(fileOf(home, planeId), { force: true })
}

/** The report that was kept; null when there is none, or one that cannot be read any more. */
export async function lastReport(home: string, planeId: string): Promise<ConnectivityReport | null> {
  const text = await readFile(fileOf(home, planeId), 'utf8').catch(() => undefined)
  if (text === undefined) return null
  try {
    return ConnectivityReport.parse(JSON.parse(text))
  } catch {
    return null
  }
}
