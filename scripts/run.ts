import { spawn } from 'node:child_process'

export type RunResult = { readonly code: number; readonly stdout: string; readonly stderr: string }
export type RunOptions = {
  readonly cwd?: string
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  readonly signal?: AbortSignal
}

/** The last characters of each stream that are kept. */
const keptLength = 4_000_000

/** Runs a program to its end. Throws where it cannot start, or on abort; an exit code other than 0 is a result. */
export const run = (program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> =>
  new Promise((resolve, reject) => {
    const { cwd, env, input, signal } = options
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      signal,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
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
