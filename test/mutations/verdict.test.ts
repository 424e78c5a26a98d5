import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { run } from '../../scripts/run.ts'
import type { Outcome } from '../../scripts/tally.ts'
import type { Checkout } from './checkout.ts'
import type { Mutation } from './mutation.ts'
import { createJudge, limitAfter, type TestRun } from './verdict.ts'

const mutation: Mutation = {
  id: 'guard',
  file: 'main/guard.ts',
  find: 'guard()',
  replace: '',
  test: { project: 'unit', file: 'main/guard.test.ts', title: 'guards' },
}
const checkout: Checkout = {
  root: '/nowhere',
  withChange: async (_file, change, act) => {
    change('guard()')
    return await act()
  },
  remove: async () => undefined,
}
const ran = (status: Outcome['status'] | undefined, timedOut = false): TestRun => ({
  outcomes: status === undefined ? [] : [{ file: 'main/guard.test.ts', name: 'it guards', status }],
  printed: '',
  tookMs: 20_000,
  timedOut,
})

it.each<[string, TestRun, TestRun, string, string]>([
  ['a test that fails', ran('passed'), ran('failed'), 'caught', ''],
  ['a test that passes', ran('passed'), ran('passed'), 'survived', 'passes without it'],
  ['a test that does not end', ran('passed'), ran(undefined, true), 'caught', 'by time-out, 200 s'],
  ['a test that does not end with it either', ran(undefined, true), ran('passed'), 'broken', 'does not end with'],
  ['a test that fails with it too', ran('failed'), ran('failed'), 'broken', 'fails with the protection too'],
  ['a test that cannot be run', ran('passed'), ran(undefined), 'broken', 'could not be run'],
  ['a test that is skipped', ran('skipped'), ran('failed'), 'skipped', 'it guards'],
])('without a protection %s is judged', async (_, intact, removed, outcome, detail) => {
  const runs = [intact, removed]
  const verdict = await createJudge(checkout, async () => runs.shift() ?? ran(undefined))(mutation)

  expect(verdict).toMatchObject({ outcome, detail: expect.stringContaining(detail) })
})

it('a test gets ten times what it took with its protection, within a minute and five', () => {
  expect([100, 12_000, 200_000].map(limitAfter)).toEqual([60_000, 120_000, 300_000])
})

it.skipIf(process.platform === 'win32')('a run that is ended takes with it what it has started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hangar-run-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'pid')
  const program = join(folder, 'starts.mjs')
  writeFileSync(
    program,
    `import { spawn } from 'node:child_process'
    import { writeFileSync } from 'node:fs'
    const { pid } = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })
    writeFileSync(${JSON.stringify(file)}, String(pid))
    setInterval(() => undefined, 1_000)`,
  )
  const ending = new AbortController()
  const ended = run(process.execPath, [program], { signal: ending.signal, endsGroup: true })
  const pid = await vi.waitUntil(() => existsSync(file) && Number(readFileSync(file, 'utf8')), { timeout: 20_000 })
  ending.abort()

  await expect(ended).rejects.toThrow('aborted')
  await vi.waitUntil(() => !isRunning(pid), { timeout: 5_000 })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
