import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** The result of a command of Hangar's terminal host, in its own process. */
export interface CommandResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const program = join(import.meta.dirname, '..', '..', 'bin', 'hangar.js')

/** `within`: a command that runs the program elsewhere, such as `nsenter`. */
export function startHangar(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  nodeOptions: readonly string[] = [],
  within: readonly string[] = [],
): ChildProcessWithoutNullStreams {
  const [first = '', ...rest] = [...within, process.execPath, ...nodeOptions, program, ...args]
  return spawn(first, rest, {
    env: { ...process.env, NO_COLOR: '1', ...environment },
    stdio: 'pipe',
  })
}

/** Runs one command to its end. `onLine` is called with each line of standard error. */
export async function hangar(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
  onLine?: (line: string) => void,
  within: readonly string[] = [],
): Promise<CommandResult> {
  const child = startHangar(args, environment, [], within)
  let [stdout, stderr] = ['', '']
  child.stdin.end()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    for (const line of text.split('\n')) if (line !== '') onLine?.(line)
  })
  signal?.addEventListener('abort', () => child.kill('SIGTERM'))
  const [code] = await once(child, 'close')
  return { code: typeof code === 'number' ? code : null, stdout, stderr }
}
