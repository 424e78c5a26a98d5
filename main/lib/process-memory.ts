import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'

const intervalMs = 50
const psLimitMs = 2_000

/** Field VmRSS of /proc/PID/status (proc(5)), in kB. */
async function residentOnLinux(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '')
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024
}

const residentOnMac = (pid: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    execFile('/bin/ps', ['-o', 'rss=', '-p', String(pid)], { timeout: psLimitMs }, (error, stdout) =>
      resolve(error === null ? Number(stdout.trim()) * 1_024 : undefined),
    )
  })

const residentOf: Partial<Record<NodeJS.Platform, (pid: number) => Promise<number | undefined>>> = {
  linux: residentOnLinux,
  darwin: residentOnMac,
}

/** Calls `exceeded` once when the process has more resident memory than the limit. Unknown on Windows: never. Ends by abort. */
export async function watchMemory(
  pid: number,
  limitBytes: number,
  exceeded: () => void,
  signal: AbortSignal,
): Promise<void> {
  const resident = residentOf[process.platform]
  if (resident === undefined) return
  while (!signal.aborted) {
    const bytes = await resident(pid)
    if (bytes !== undefined && bytes > limitBytes && !signal.aborted) return exceeded()
    await new Promise((resolve) => setTimeout(resolve, intervalMs))
  }
}
