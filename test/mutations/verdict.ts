import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunResult, run } from '../../scripts/run.ts'
import { type Outcome, outcomesOf, type Report } from '../../scripts/tally.ts'
import type { Checkout } from './checkout.ts'
import { literally, type Mutation, mutate } from './mutation.ts'

/**
 * `caught`: the named test fails without the protection, or does not end any more: a test that hangs holds up a build as
 * well as one that fails. `survived`: it passes. `skipped`: it does not run on this machine. `broken`: nothing is shown,
 * for example because the test fails, or does not end, with the protection too.
 */
export interface Verdict {
  readonly outcome: 'caught' | 'survived' | 'skipped' | 'broken'
  readonly detail: string
}

const runLimitMs = 300_000
/** Without its protection a test gets this many times what it took with it, but a minute at least. */
const patience = 10
const leastLimitMs = 60_000

export const limitAfter = (tookMs: number): number =>
  Math.min(runLimitMs, Math.max(leastLimitMs, Math.ceil(tookMs * patience)))

export interface TestRun {
  /** Of the tests whose names have the title. */
  readonly outcomes: readonly Outcome[]
  readonly printed: string
  readonly tookMs: number
  /** It was ended at its limit. */
  readonly timedOut: boolean
}

export type RunTest = (checkout: Checkout, test: Mutation['test'], limitMs: number) => Promise<TestRun>

async function runTest({ root }: Checkout, test: Mutation['test'], limitMs: number): Promise<TestRun> {
  const { project, file, title } = test
  const results = await mkdtemp(join(tmpdir(), 'hangar-verdict-'))
  const report = join(results, 'report.json')
  const args = ['node_modules/vitest/vitest.mjs', 'run', file, '--project', project, '--testNamePattern']
  const output = ['--reporter=json', `--outputFile.json=${report}`, '--passWithNoTests']
  const startedMs = performance.now()
  const limit = AbortSignal.timeout(limitMs)
  try {
    const { stdout, stderr } = await run(process.execPath, [...args, literally(title), ...output], {
      cwd: root,
      // A runner inside a runner takes its own settings.
      env: { VITEST: undefined, VITEST_WORKER_ID: undefined, VITEST_POOL_ID: undefined, VITEST_MODE: undefined },
      signal: limit,
      endsGroup: true,
    }).catch((error: unknown): RunResult => {
      if (limit.aborted) return { code: 1, stdout: '', stderr: `It did not end within ${limitMs / 1_000} s.` }
      throw error
    })
    const tookMs = performance.now() - startedMs
    const text = await readFile(report, 'utf8').catch(() => '{"testResults":[]}')
    const all = outcomesOf(JSON.parse(text) as Report) // vitest's own
    const outcomes = all.filter(({ name }) => name.includes(title))
    return { outcomes, printed: `${stdout}\n${stderr}`.trim(), tookMs, timedOut: limit.aborted }
  } finally {
    await rm(results, { recursive: true, force: true })
  }
}

const passes = (outcomes: readonly Outcome[]): boolean => outcomes.some(({ status }) => status === 'passed')
const fails = (outcomes: readonly Outcome[]): boolean => outcomes.some(({ status }) => status === 'failed')

/** Tests mutations in one copy of the checkout, one after the other. */
export function createJudge(checkout: Checkout, runOne: RunTest = runTest): (mutation: Mutation) => Promise<Verdict> {
  /** The test with its protection; it needs to run once for all entries that name it. */
  const intact = new Map<string, Promise<TestRun>>()
  return async (mutation) => {
    const { test } = mutation
    const key = `${test.file}\0${test.title}`
    const before = intact.get(key) ?? runOne(checkout, test, runLimitMs)
    intact.set(key, before)
    const { outcomes, printed, tookMs, timedOut } = await before
    if (timedOut) return { outcome: 'broken', detail: `the test does not end with the protection either\n${printed}` }
    if (fails(outcomes)) return { outcome: 'broken', detail: `the test fails with the protection too\n${printed}` }
    if (outcomes.length === 0) return { outcome: 'broken', detail: `no test of ${test.file} is named "${test.title}"` }
    if (!passes(outcomes)) return { outcome: 'skipped', detail: outcomes.map(({ name }) => name).join(', ') }

    const after = await checkout.withChange(
      mutation.file,
      (text) => mutate(text, mutation),
      () => runOne(checkout, test, limitAfter(tookMs)),
    )
    if (after.timedOut) return { outcome: 'caught', detail: `by time-out, ${limitAfter(tookMs) / 1_000} s` }
    if (fails(after.outcomes)) return { outcome: 'caught', detail: '' }
    if (passes(after.outcomes)) return { outcome: 'survived', detail: `${test.file} passes without it` }
    return { outcome: 'broken', detail: `the test could not be run without the protection\n${after.printed}` }
  }
}
