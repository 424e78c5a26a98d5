import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cleanEnvironment, runProgram } from './process.ts'
import { isRunning, type ProcessId, processId } from './process-id.ts'

const environment = cleanEnvironment(process.env, {})
const node = (
  script: string,
  options: Partial<Parameters<typeof runProgram>[2]> = {},
  signal = AbortSignal.timeout(20_000),
) => runProgram(process.execPath, ['-e', script], { environment, ...options }, signal)

describe('runProgram', () => {
  it('returns the exit code and both streams', async () => {
    const result = await node('console.log("out"); console.error("err"); process.exitCode = 7')
    expect(result).toEqual({
      code: 7,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
      truncated: false,
      exceededMemory: false,
    })
  })

  it('passes arguments without a shell', async () => {
    const result = await runProgram(
      process.execPath,
      ['-p', 'process.argv[1]', '$(echo no); `echo no` "'],
      { environment },
      AbortSignal.timeout(20_000),
    )
    expect(result.stdout).toBe('$(echo no); `echo no` "\n')
  })

  it.skipIf(process.platform === 'win32')('kills a program that exceeds its memory limit', async () => {
    const grow = 'const kept = []; setInterval(() => kept.push(Buffer.alloc(20e6, 1)), 10)'
    const result = await node(grow, { memoryLimitBytes: 200 * 1_048_576 })
    expect(result).toMatchObject({ exceededMemory: true, signal: 'SIGKILL' })
  })

  it('keeps only the last bytes of endless output', async () => {
    const { stdout, truncated } = await node(
      'for (let i = 0; i < 20000; i++) console.log("x".repeat(100)); console.log("the end")',
      { keptBytes: 1_000 },
    )
    expect(truncated).toBe(true)
    expect(stdout).toHaveLength(1_000)
    expect(stdout.endsWith('the end\n')).toBe(true)
  })

  it('passes only the allowed variables', async () => {
    const env = cleanEnvironment({ ...process.env, HANGAR_TOKEN: 'x', AWS_SECRET_ACCESS_KEY: 'x' }, { EXTRA: 'yes' })
    const { stdout } = await node('console.log(JSON.stringify(process.env))', { environment: env })
    expect(stdout).not.toContain('HANGAR_TOKEN')
    expect(stdout).not.toContain('AWS_SECRET')
    expect(JSON.parse(stdout)).toMatchObject({ EXTRA: 'yes', PATH: process.env.PATH })
  })

  it('calls started before it writes the input, and inputWritten before it closes it', async () => {
    const order: string[] = []
    const { stdout } = await node(
      'process.stdin.on("data", (d) => console.log(`got ${d}`)).on("end", () => console.log("end"))',
      {
        input: 'words',
        started: async (id) => void order.push(isRunning(id) ? 'started' : 'dead'),
        inputWritten: async () => void order.push('written'),
      },
    )
    expect(order).toEqual(['started', 'written'])
    expect(stdout).toBe('got words\nend\n')
  })

  it('ends a program that ignores SIGTERM when it is cancelled', async () => {
    const control = new AbortController()
    let id: ProcessId | undefined
    const started = async (startedId: ProcessId) => {
      id = startedId
    }
    const running = node(
      'process.on("SIGTERM", () => console.log("no")); console.log("up"); setInterval(() => {}, 1000)',
      { graceMs: 300, started },
      control.signal,
    )
    setTimeout(() => control.abort(new Error('enough')), 300)
    await expect(running).rejects.toThrow('enough')
    expect(id && isRunning(id)).toBe(false)
  })

  it('reports a timeout', async () => {
    await expect(node('setInterval(() => {}, 1000)', { timeoutMs: 300 })).rejects.toMatchObject({ code: 'TIMED_OUT' })
  })

  it('names a missing program', async () => {
    const running = runProgram('/nowhere/helm', [], { environment }, AbortSignal.timeout(5_000))
    await expect(running).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining('/nowhere/helm'),
    })
  })
})

describe('isRunning', () => {
  it('recognizes this process, and not another with the same PID', () => {
    const id = processId(process.pid)
    expect(isRunning(id)).toBe(true)
    if (process.platform === 'linux') {
      expect(readFileSync('/proc/self/stat', 'utf8')).toContain(id.started)
      expect(isRunning({ ...id, started: '1' })).toBe(false)
    }
  })
})
