import { spawn } from 'node:child_process'
import { expect, it, onTestFinished } from 'vitest'
import { firstLine } from './first-line.ts'

const start = (script: string, program = process.execPath) => {
  const child = spawn(program, ['-e', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill())
  return child
}

it('returns the first line that a server prints', async () => {
  const child = start("console.log('http://127.0.0.1:1'); setInterval(() => 0, 1000)")

  expect(await firstLine(child, 'The server')).toBe('http://127.0.0.1:1')
})

it.each([
  [
    'it ends',
    "console.error('port taken'); process.exit(2)",
    process.execPath,
    'The server ended with 2 before it listened.',
    /port taken/,
    30_000,
  ],
  ['it is silent', 'setInterval(() => 0, 1000)', process.execPath, 'did not listen within 0 s.', /nothing/, 400],
  ['it does not exist', '', '/no/such/program', /could not be started: .*ENOENT/, /nothing/, 30_000],
])('throws the reason if %s', async (_what, script, program, message, hint, limitMs) => {
  const problem = firstLine(start(script, program), 'The server', limitMs)

  await expect(problem).rejects.toThrow(message)
  await expect(problem).rejects.toMatchObject({ hint: expect.stringMatching(hint) })
})
