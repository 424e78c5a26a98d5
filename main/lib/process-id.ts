import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process, told apart from a later one that got the same number by when it started; empty where that cannot be known. */
export interface ProcessId {
  readonly pid: number
  readonly started: string
}

/** Field 22 of /proc/PID/stat (proc(5)): clock ticks from boot to start. The name, field 2, may hold anything. */
function startOnLinux(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended; only its parent has not asked yet.
    return fields[0] === 'Z' ? '' : (fields[19] ?? '')
  } catch {
    return ''
  }
}

function startOnMac(pid: number): string {
  try {
    const ps = ['-o', 'lstart=', '-p', String(pid)]
    return execFileSync('/bin/ps', ps, { encoding: 'utf8', timeout: 2_000, stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return ''
  }
}

const startOf: Partial<Record<NodeJS.Platform, (pid: number) => string>> = { linux: startOnLinux, darwin: startOnMac }

export function processId(pid: number): ProcessId {
  return { pid, started: startOf[process.platform]?.(pid) ?? '' }
}

/** Whether that very process still runs. Where starts cannot be known, whether any process has its number. */
export function isRunning({ pid, started }: ProcessId): boolean {
  const look = startOf[process.platform]
  if (look && started !== '') return look(pid) === started
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
