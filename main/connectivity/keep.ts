import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ConnectivityReport } from '../../preload/contract/connectivity.ts'

const fileOf = (home: string, planeId: string): string => join(home, 'connectivity', `${planeId}.json`)

/** Keeps a plane's last report, readable by this user alone. Whole or not at all: a killed app leaves the one before. */
export async function keepReport(home: string, planeId: string, report: ConnectivityReport): Promise<void> {
  const folder = join(home, 'connectivity')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const file = fileOf(home, planeId)
  const draft = `${file}.${process.pid}.${crypto.randomUUID().slice(0, 8)}`
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(JSON.stringify(report))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, file)
  } finally {
    await rm(draft, { force: true })
  }
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
