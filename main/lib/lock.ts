import { open, readFile, rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { Problem } from '../../preload/contract/problem.ts'
import { isRunning, processId } from './process-id.ts'

const lockLimitMs = 10_000
const retryMs = 25

/**
 * Runs `act` while no other process of this user runs under the same lock file. A lock whose process no longer runs is
 * taken over. Throws TIMED_OUT after 10 s.
 */
export async function withLock<T>(file: string, act: () => Promise<T>): Promise<T> {
  const untilMs = performance.now() + lockLimitMs
  while (!(await take(file))) {
    if (await isOrphaned(file)) await rm(file, { force: true })
    else if (performance.now() > untilMs) throw new Problem('TIMED_OUT', 'Another Hangar process holds a lock.', file)
    else await delay(retryMs)
  }
  try {
    return await act()
  } finally {
    await rm(file, { force: true })
  }
}

async function take(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600)
    await handle.writeFile(JSON.stringify(processId(process.pid))).finally(() => handle.close())
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function isOrphaned(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '')
  // Empty: it was created just now, and its holder has not written yet.
  if (text === '') return false
  try {
    const { pid, started } = JSON.parse(text)
    return typeof pid === 'number' && typeof started === 'string' && !isRunning({ pid, started })
  } catch {
    return false
  }
}
