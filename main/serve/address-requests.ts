import { readFile } from 'node:fs/promises'
import type { ReadStream } from 'node:tty'
import { runProgram } from '../lib/process.ts'

const psLimitMs = 2_000

/**
 * Calls back when the user wants another address: on Enter in the terminal, and on SIGUSR2. Only this user and root can
 * do either. Resolves with a sentence that says how, once it listens. Ends with the signal.
 */
export async function onAddressRequest(request: () => void, signal: AbortSignal): Promise<string> {
  const { stdin, platform, pid } = process
  const hasSignal = platform !== 'win32'
  if (hasSignal) {
    process.on('SIGUSR2', request)
    signal.addEventListener('abort', () => process.off('SIGUSR2', request), { once: true })
  }
  if (stdin.isTTY) {
    await readEnter(stdin, request, signal)
    return hasSignal
      ? `For another address press Enter, or run "kill -USR2 ${pid}".`
      : 'For another address press Enter.'
  }
  return hasSignal ? `For another address run "kill -USR2 ${pid}".` : 'For another address start Hangar again.'
}

/**
 * A process in the background that reads the terminal is stopped (SIGTTIN), so `hangar serve &` reads nothing until `fg`,
 * which sends SIGCONT.
 */
async function readEnter(stdin: ReadStream, request: () => void, signal: AbortSignal): Promise<void> {
  const update = async (): Promise<void> => {
    const reads = (await isInForeground(signal)) && !signal.aborted
    if (reads) stdin.resume()
    else stdin.pause()
  }
  const onContinue = (): void => void update()
  stdin.on('data', request)
  process.on('SIGCONT', onContinue)
  signal.addEventListener(
    'abort',
    () => {
      stdin.off('data', request).pause()
      process.off('SIGCONT', onContinue)
    },
    { once: true },
  )
  await update()
}

async function isInForeground(signal: AbortSignal): Promise<boolean> {
  if (process.platform === 'win32') return true
  try {
    if (process.platform === 'linux') return leadsTerminal(groupsOfStat(await readFile('/proc/self/stat', 'utf8')))
    const args = ['-o', 'pgid=,tpgid=', '-p', String(process.pid)]
    const { stdout } = await runProgram('/bin/ps', args, { environment: {}, timeoutMs: psLimitMs }, signal)
    return leadsTerminal(stdout.trim().split(/\s+/))
  } catch {
    return false
  }
}

const leadsTerminal = ([group, terminalGroup]: readonly (string | undefined)[]): boolean =>
  group !== undefined && group === terminalGroup

/** The process group and that of its terminal: fields 5 and 8 of proc_pid_stat(5). The name, field 2, can have spaces. */
export function groupsOfStat(stat: string): readonly (string | undefined)[] {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return [fields[2], fields[5]]
}
