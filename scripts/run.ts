import { spawn } from 'node:child_process'

export type RunResult = { readonly code: number; readonly stdout: string; readonly stderr: string }
export type RunOptions = {
  readonly cwd?: string
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  readonly signal?: AbortSignal
  /** An abort, or the end of this process, also ends the programs that it has started. Not on Windows. */
  readonly endsGroup?: boolean
}

/** The last characters of each stream that are kept. */
const keptLength = 4_000_000

/** Runs a program to its end. Throws where it cannot start, or on abort; an exit code other than 0 is a result. */
export const run = (program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> =>
  new Promise((resolve, reject) => {
    const { cwd, env, input, signal } = options
    const leadsGroup = options.endsGroup === true && process.platform !== 'win32'
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      signal,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: leadsGroup,
    })
    const end = (): void => endGroup(child.pid)
    if (leadsGroup) {
      signal?.addEventListener('abort', end)
      // Another group does not get the terminal's Ctrl+C.
      process.on('exit', end)
      child.on('close', () => process.off('exit', end))
    }
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-keptLength)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-keptLength)
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr }))
    // A program may end before it has read all of its input.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
