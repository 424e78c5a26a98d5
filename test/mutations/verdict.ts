import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../scripts/run.ts'
import { type Outcome, outcomesOf, type Report } from '../../scripts/tally.ts'
import type { Checkout } from './checkout.ts'
import { literally, type Mutation, mutate } from './mutation.ts'

/**
 * `caught`: the named test fails without the protection. `survived`: it passes. `skipped`: it does not run on this
 * machine. `broken`: nothing is shown, for example because the test fails with the protection too.
 */
export interface Verdict {
  readonly outcome: 'caught' | 'survived' | 'skipped' | 'broken'
  readonly detail: string
}

const runLimitMs = 300_000

/** The outcomes of the tests whose names have the title, and what the runner printed. */
async function runTest({ root }: Checkout, { project, file, title }: Mutation['test']) {
  const results = await mkdtemp(join(tmpdir(), 'hangar-verdict-'))
  const report = join(results, 'report.json')
  const args = ['node_modules/vitest/vitest.mjs', 'run', file, '--project', project, '--testNamePattern']
  const output = ['--reporter=json', `--outputFile.json=${report}`, '--passWithNoTests']
  try {
    const { stdout, stderr } = await run(process.execPath, [...args, literally(title), ...output], {
      cwd: root,
      // A runner inside a runner takes its own settings.
      env: { VITEST: undefined, VITEST_WORKER_ID: undefined, VITEST_POOL_ID: undefined, VITEST_MODE: undefined },
      signal: AbortSignal.timeout(runLimitMs),
    })
    const text = await readFile(report, 'utf8').catch(() => '{"testResults":[]}')
    const all = outcomesOf(JSON.parse(text) as Report) // vitest's own
    return { outcomes: all.filter(({ name }) => name.includes(title)), printed: `${stdout}\n${stderr}`.trim() }
  } finally {
    await rm(results, { recursive: true, force: true })
  }
}

const passes = (outcomes: readonly Outcome[]): boolean => outcomes.some(({ status }) => status === 'passed')
const fails = (outcomes: readonly Outcome[]): boolean => outcomes.some(({ status }) => status === 'failed')

/** Tests mutations in one copy of the checkout, one after the other. */
export function createJudge(checkout: Checkout): (mutation: Mutation) => Promise<Verdict> {
  /** The test with its protection; it needs to run once for all entries that name it. */
  const intact = new Map<string, ReturnType<typeof runTest>>()
  return async (mutation) => {
    const { test } = mutation
    const key = `${test.file}\0${test.title}`
    const before = intact.get(key) ?? runTest(checkout, test)
    intact.set(key, before)
    const { outcomes, printed } = await before
    if (fails(outcomes)) return { outcome: 'broken', detail: `the test fails with the protection too\n${printed}` }
    if (outcomes.length === 0) return { outcome: 'broken', detail: `no test of ${test.file} is named "${test.title}"` }
    if (!passes(outcomes)) return { outcome: 'skipped', detail: outcomes.map(({ name }) => name).join(', ') }

    const after = await checkout.withChange(
      mutation.file,
      (text) => mutate(text, mutation),
      () => runTest(checkout, test),
    )
    if (fails(after.outcomes)) return { outcome: 'caught', detail: '' }
    if (passes(after.outcomes)) return { outcome: 'survived', detail: `${test.file} passes without it` }
    return { outcome: 'broken', detail: `the test could not be run without the protection\n${after.printed}` }
  }
}
