import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Hangar's terminal host as a person runs it: its own process, its own state. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const program = join(import.meta.dirname, '..', '..', 'bin', 'hangar.js')

/** `within` stands before the program: what runs it somewhere else, as `nsenter` does. */
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

/** Runs one command to its end. `onLine` hears standard error as it comes. */
export async function hangar(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
  onLine?: (line: string) => void,
  within: readonly string[] = [],
): Promise<Ran> {
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
