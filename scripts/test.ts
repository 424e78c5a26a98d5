import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setUpMachine } from './set-up.ts'

/**
 * Everything that `npm test` is: set-up, types, lint, layers, the build, and all tests, in this order.
 * Ends with the line `N passed, N failed, N skipped`. `--long` runs long suites whole and keeps the result.
 */
const root = join(import.meta.dirname, '..')
const { values } = parseArgs({ options: { long: { type: 'boolean', default: false }, only: { type: 'string' } } })
const projects = ['unit', 'peers', 'window', 'cluster', 'journey'] as const

interface Tally {
  passed: number
  failed: number
  readonly skipped: string[]
}
const tally: Tally = { passed: 0, failed: 0, skipped: [] }
const failures: string[] = []

async function execute(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  const child = spawn(process.execPath, [...args], { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : 1
}

/** A check that is one program, counted as one test. */
async function check(name: string, args: readonly string[]): Promise<void> {
  const startedMs = performance.now()
  const code = await execute(args)
  console.log(`${code === 0 ? '✓' : '✗'} ${name} (${Math.round((performance.now() - startedMs) / 1_000)} s)`)
  if (code === 0) tally.passed += 1
  else {
    tally.failed += 1
    failures.push(name)
  }
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

async function test(project: string, results: string): Promise<void> {
  const file = join(results, `${project}.json`)
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    '--passWithNoTests',
  ]
  const code = await execute(args, values.long ? { HANGAR_LONG: '1' } : {})
  const report = await readFile(file, 'utf8').then(
    (text): Report => JSON.parse(text),
    () => undefined,
  )
  const before = tally.failed
  for (const { name, status, assertionResults } of report?.testResults ?? []) {
    for (const each of assertionResults) {
      if (each.status === 'passed') tally.passed += 1
      else if (each.status === 'failed') {
        tally.failed += 1
        failures.push(`${project}: ${each.fullName}`)
      } else tally.skipped.push(each.fullName.trim())
    }
    // A file that could not even be read has no assertions.
    if (status === 'failed' && !assertionResults.some((each) => each.status === 'failed')) {
      tally.failed += 1
      failures.push(`${project}: ${name}`)
    }
  }
  if (code !== 0 && tally.failed === before) {
    tally.failed += 1
    failures.push(`${project}: the test runner ended with ${code}`)
  }
}

/** On Debian as root everything runs but what a committed list names; elsewhere skipping is what it says it is. */
async function judgeSkips(): Promise<void> {
  const { skips } = JSON.parse(await readFile(join(root, 'test/allowed-skips.json'), 'utf8')) as {
    skips: { test: string }[]
  } // our own file
  for (const name of tally.skipped) console.log(`– skipped: ${name}`)
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return
  for (const name of tally.skipped.filter((each) => !skips.some(({ test }) => each === test))) {
    tally.failed += 1
    failures.push(`skipped, though test/allowed-skips.json does not name it: ${name}`)
  }
}

const results = await mkdtemp(join(tmpdir(), 'hangar-results-'))
const startedMs = performance.now()
try {
  setUpMachine((line) => console.log(line))
  if (values.only === undefined) {
    await check('programs', ['scripts/prepare.ts'])
    await check('lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '.'])
    for (const side of ['node', 'web', 'page']) {
      await check(`types: ${side}`, ['node_modules/typescript/bin/tsc', '-p', `tsconfig.${side}.json`])
    }
    await check('unused code', ['node_modules/knip/bin/knip.js'])
    await check('layers', ['scripts/check-layers.ts'])
    await check('diagrams', ['scripts/docs-graph.ts', '--check'])
    await check('build', ['scripts/build.ts'])
  }
  for (const project of projects) {
    if (values.only === undefined || values.only === project) await test(project, results)
  }
  await judgeSkips()
} finally {
  await rm(results, { recursive: true, force: true })
}
const minutes = Math.round((performance.now() - startedMs) / 6_000) / 10
for (const failure of failures) console.log(`✗ ${failure}`)
if (values.long) {
  const result = {
    at: new Date().toISOString(),
    minutes,
    passed: tally.passed,
    failed: tally.failed,
    skipped: tally.skipped,
    failures,
  }
  await writeFile(join(root, 'test/long-result.json'), `${JSON.stringify(result, undefined, 2)}\n`)
}
console.log(`in ${minutes} min`)
console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped.length} skipped`)
process.exit(tally.failed === 0 ? 0 : 1)
