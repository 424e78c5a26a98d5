import { readFileSync } from 'node:fs'
import type { JournalRecord } from '../lib/operation.ts'
import type { Owner } from './snapshot.ts'

/** Names a process for longer than its id lives: ids are used again. */
export interface ProcessName {
  readonly pid: number
  /** Start time in clock ticks since boot (proc(5), field 22); empty where there is no /proc. */
  readonly started: string
}

export function nameOf(pid: number): ProcessName {
  return { pid, started: startOf(pid) ?? '' }
}

/** The owner that the journal's last `opened` record names, if it still lives. */
export function ownerOf(records: readonly JournalRecord[]): Owner {
  const last = records.findLast(({ event }) => event === 'opened')
  const pid = last?.data?.pid
  if (typeof pid !== 'number' || !isAlive(pid)) return 'nobody'
  if ((startOf(pid) ?? '') !== last?.data?.started) return 'nobody'
  return pid === process.pid ? 'this' : 'other'
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command in parentheses may hold spaces: count the fields after it.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined // not Linux, or gone: the pid alone must do
  }
}
