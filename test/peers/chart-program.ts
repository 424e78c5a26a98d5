import { spawn } from 'node:child_process'
import { request } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

const programs = join(import.meta.dirname, '..', '..', 'assets', 'charts', 'demo-library', 'files')
const linesKept = 2_000

/** A program of the demo plane's charts, run here as its container runs it. */
export type ChartProgram = {
  /** Its output so far, by line. */
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  /** The response of its health port at `path`; undefined while it does not respond. */
  health(path: string): Promise<{ readonly status: number; readonly body: Record<string, unknown> } | undefined>
  isReady(): Promise<boolean>
}

export const ask = (port: number, path: string, headers: Readonly<Record<string, string>> = {}) =>
  new Promise<{ status: number; body: string; headers: Readonly<Record<string, unknown>> }>((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        body += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }))
    })
    call.on('error', reject)
    call.end()
  })

/** Starts the program NAME.mjs until the end of the test. The servers' names resolve to this computer. */
export const startChartProgram = (
  name: string,
  healthPort: number,
  environment: Readonly<Record<string, string>>,
): ChartProgram => {
  const child = spawn(
    process.execPath,
    ['--import', join(import.meta.dirname, 'names-here.ts'), join(programs, `${name}.mjs`)],
    {
      // Without this process's environment, as in a pod.
      env: { COMPONENT: name, HEALTH_PORT: String(healthPort), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const stdout: string[] = []
  const stderr: string[] = []
  for (const [stream, lines] of [
    [child.stdout, stdout],
    [child.stderr, stderr],
  ] as const) {
    createInterface({ input: stream }).on('line', (line) => {
      if (lines.length < linesKept) lines.push(line)
    })
  }
  onTestFinished(async () => {
    if (child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  })
  const health: ChartProgram['health'] = async (path) => {
    const answer = await ask(healthPort, path).catch(() => undefined)
    return answer && { status: answer.status, body: JSON.parse(answer.body) }
  }
  return { stdout, stderr, health, isReady: async () => (await health('/readyz'))?.status === 200 }
}
