import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, it, onTestFinished, vi } from 'vitest'
import { runCommandLine } from './cli.ts'

it('reports an unexpected error with its message and the file of its details', async () => {
  const home = await mkdtemp(join(tmpdir(), 'hangar-cli-'))
  vi.stubEnv('HANGAR_HOME', home)
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await rm(home, { recursive: true })
  })
  const stdout = new PassThrough()
  stdout.write = () => {
    throw new TypeError('columns is not a number; password=canary-one')
  }
  const stderr = new PassThrough()

  const code = await runCommandLine(['--help'], { stdout, stderr, stdin: process.stdin }, new AbortController().signal)

  const file = join(home, 'last-fault.txt')
  expect(code).toBe(1)
  expect(String(stderr.read())).toMatch(
    new RegExp(
      `^hangar: INTERNAL: TypeError: columns is not a number; .* Report it\\. The details are in ${file}\\.\n$`,
    ),
  )
  const details = await readFile(file, 'utf8')
  expect(details).toMatch(/columns is not a number.*\n +at /)
  expect(details).not.toContain('canary')
})

it('reports a time limit as TIMED_OUT, and writes no file for it', async () => {
  const home = await mkdtemp(join(tmpdir(), 'hangar-cli-'))
  vi.stubEnv('HANGAR_HOME', home)
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await rm(home, { recursive: true })
  })
  const stdout = new PassThrough()
  stdout.write = () => {
    throw new DOMException('The operation was aborted due to timeout', 'TimeoutError')
  }
  const stderr = new PassThrough()

  const code = await runCommandLine(['--help'], { stdout, stderr, stdin: process.stdin }, new AbortController().signal)

  expect(code).toBe(1)
  expect(String(stderr.read())).toMatch(/^hangar: TIMED_OUT: It did not finish in time\. [^\n]+\n$/)
  expect(await readdir(home)).toEqual([])
})

it('shows hidden characters of what every command writes as marks', async () => {
  const home = await mkdtemp(join(tmpdir(), 'hangar-cli-'))
  vi.stubEnv('HANGAR_HOME', home)
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await rm(home, { recursive: true })
  })
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const file = '/nowhere/\u202edorp\u001b]0;owned\u0007'

  const code = await runCommandLine(
    ['contexts', '--kubeconfig', file],
    { stdout, stderr, stdin: process.stdin },
    new AbortController().signal,
  )

  expect(code).toBe(2)
  expect(String(stderr.read())).toContain('/nowhere/⟨U+202E⟩dorp⟨U+001B⟩]0;owned⟨U+0007⟩')
})
