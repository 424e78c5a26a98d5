import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** A process. Its start time distinguishes it from a later one with the same number; empty where it is unknown. */
export interface ProcessId {
  readonly pid: number
  readonly started: string
}

/** Field 22 of /proc/PID/stat (proc(5)): clock ticks from boot to start. The name, field 2, may contain anything. */
function startOnLinux(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended; its parent has not collected it yet.
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

/**
 * The process table of this process, by a hash: the boot of this computer, and on Linux the namespace of process numbers, which a
 * container has for itself. Only within it does a missing process prove its end. A computer that does not tell has its name.
 */
export function processTable(): string {
  table ??= createHash('sha256')
    .update((tableOf[process.platform]?.() ?? '') || `name ${hostname()}`)
    .digest('hex')
    .slice(0, 16)
  return table
}
let table: string | undefined

const tableOf: Partial<Record<NodeJS.Platform, () => string>> = {
  linux: () =>
    orEmpty(() => `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')} ${readlinkSync('/proc/self/ns/pid')}`),
  darwin: () =>
    orEmpty(() =>
      execFileSync('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8', timeout: 2_000 }),
    ),
}

function orEmpty(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}

/** Whether this process still runs. Where start times are unknown: whether any process has its number. */
export function isRunning({ pid, started }: ProcessId): boolean {
  const readStart = startOf[process.platform]
  if (readStart && started !== '') return readStart(pid) === started
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it exists, and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
