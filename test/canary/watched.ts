import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { startHangar } from '../demo/hangar.ts'

/** Everything that a process of Hangar exposes to others on this computer. */
export interface Shown {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Arguments and environments of its process tree, as in /proc; each once. */
  readonly processes: readonly string[]
}

export interface Watched {
  readonly pid: number
  /** The first line of standard output. */
  readonly firstLine: Promise<string>
  readonly ended: Promise<Shown>
  stop(): void
}

/** Short enough to catch helm, which runs for at least half a second. */
const rereadEveryMs = 20

/** Runs a command of the terminal host and records its process tree until it exits. Linux. */
export function watchHangar(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Watched {
  const child = startHangar(args, environment)
  const pid = child.pid ?? 0
  const seen = new Set<string>()
  const look = setInterval(() => {
    for (const each of treeOf(pid)) for (const what of ['cmdline', 'environ']) seen.add(read(`/proc/${each}/${what}`))
  }, rereadEveryMs)
  let [stdout, stderr] = ['', '']
  child.stdin.end()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = once(child, 'close').then(([code]) => {
    clearInterval(look)
    return { code: typeof code === 'number' ? code : null, stdout, stderr, processes: [...seen] }
  })
  const line = once(createInterface(child.stdout), 'line').then(([text]) => String(text))
  const early = ended.then((shown) => Promise.reject(new Error(`It ended: ${shown.stderr}`)))
  const firstLine = Promise.race([line, early])
  firstLine.catch(() => undefined) // awaited only where a line is expected
  return { pid, firstLine, ended, stop: () => child.kill('SIGTERM') }
}

function treeOf(pid: number): number[] {
  const children = names(`/proc/${pid}/task`).flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(treeOf)]
}

/** Empty for a process that has exited meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
