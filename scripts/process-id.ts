import { readFileSync } from 'node:fs'

/** A process, told apart from a later one with the same number by when it started (Linux only; elsewhere empty). */
export type ProcessId = { readonly pid: number; readonly started: string }

/** Field 22 of /proc/PID/stat (proc(5)): clock ticks from boot to start. The name, field 2, may hold anything. */
const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended; only its parent has not asked yet.
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

export const processId = (pid: number): ProcessId => ({ pid, started: startOf(pid) ?? '' })

/** Whether that very process still runs. */
export const isRunning = ({ pid, started }: ProcessId): boolean => {
  if (process.platform === 'linux') return started !== '' && startOf(pid) === started
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Signals that very process, if it still runs. Says whether it did. */
export const signalProcess = (id: ProcessId, signal: NodeJS.Signals): boolean => {
  if (!isRunning(id)) return false
  try {
    process.kill(id.pid, signal)
    return true
  } catch {
    return false
  }
}
