/**
 * Starts to measure; the result gives the milliseconds of processor time that this process has used since. The time on the
 * clock depends on what else the machine does.
 */
export function startCpuTime(): () => number {
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  }
}
