import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { execute, runProject } from './run-project.ts'
import { setUpMachine } from './set-up.ts'
import { knownIssues } from './tally.ts'

/**
 * `npm test`: set-up, programs, lint, types, layers, the build, and all tests, in this order. Files
 * with failures are repeated once; a test that passes then is flaky, which is listed and does not fail the run.
 * Ends with the line `N passed, N failed, N skipped`; a flaky test is among the passed. `--long` runs the long suites
 * whole; their failures must be listed in KNOWN_ISSUES.md.
 */
const root = join(import.meta.dirname, '..')
const { values } = parseArgs({ options: { long: { type: 'boolean', default: false }, only: { type: 'string' } } })
const projects = ['unit', 'slow', 'peers', 'window', 'cluster', 'journey'] as const

let passed = 0
const failures: string[] = []
const flaky: string[] = []
const skipped: string[] = []

/** Runs a check in its own process, counted as one test. */
async function check(name: string, args: readonly string[]): Promise<void> {
  const startedMs = performance.now()
  const code = await execute(root, args)
  console.log(`${code === 0 ? '✓' : '✗'} ${name} (${Math.round((performance.now() - startedMs) / 1_000)} s)`)
  if (code === 0) passed += 1
  else failures.push(name)
}

async function test(project: string, results: string): Promise<void> {
  const env = values.long ? { HANGAR_LONG: '1' } : undefined
  for (const { file, name, status } of await runProject(project, { root, results, env })) {
    const named = `${project}: ${name === file ? relative(root, file) : name}`
    if (status === 'skipped') skipped.push(name)
    else if (status === 'failed') failures.push(named)
    else {
      passed += 1
      if (status === 'flaky') flaky.push(named)
    }
  }
}

/** On Debian as root only the tests of a committed list may be skipped; elsewhere any test may. */
async function checkSkips(): Promise<void> {
  const { skips } = JSON.parse(await readFile(join(root, 'test/allowed-skips.json'), 'utf8')) as {
    skips: { test: string }[]
  } // our own file
  for (const name of skipped) console.log(`– skipped: ${name}`)
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return
  for (const name of skipped.filter((each) => !skips.some(({ test }) => each === test)))
    failures.push(`skipped, though test/allowed-skips.json does not name it: ${name}`)
}

/** Whether all failures of a long run are in KNOWN_ISSUES.md. Prints the differences. */
async function checkKnownIssues(): Promise<boolean> {
  const known = knownIssues(await readFile(join(root, 'KNOWN_ISSUES.md'), 'utf8'))
  const unknown = failures.filter((failure) => !known.includes(failure))
  for (const failure of unknown) console.log(`Not listed in KNOWN_ISSUES.md: ${failure}`)
  for (const name of known.filter((each) => !failures.includes(each)))
    console.log(`Listed in KNOWN_ISSUES.md, but did not fail: ${name}`)
  return unknown.length === 0
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
    await check('window texts', ['scripts/check-strings.ts'])
    await check('glossary', ['scripts/check-words.ts'])
    await check('slow expressions', ['scripts/check-expressions.ts'])
    await check('unused code', ['node_modules/knip/bin/knip.js'])
    await check('layers', ['scripts/check-layers.ts'])
    await check('diagrams', ['scripts/docs-graph.ts', '--check'])
    await check('build', ['scripts/build.ts'])
    await check('documentation', ['node_modules/vitepress/bin/vitepress.js', 'build', 'docs'])
  }
  for (const project of projects) {
    if (values.only === undefined || values.only === project) await test(project, results)
  }
  await checkSkips()
} finally {
  await rm(results, { recursive: true, force: true })
}
const minutes = Math.round((performance.now() - startedMs) / 6_000) / 10
for (const failure of failures) console.log(`✗ ${failure}`)
for (const name of flaky) console.log(`flaky: ${name}`)
const accepted = failures.length === 0 || (values.long && (await checkKnownIssues()))
if (values.long) {
  // Ignored by git: the result of one machine does not belong in the sources.
  const result = { at: new Date().toISOString(), minutes, passed, failed: failures.length, failures, flaky, skipped }
  await writeFile(join(root, 'test/long-result.json'), `${JSON.stringify(result, undefined, 2)}\n`)
}
console.log(`in ${minutes} min`)
if (flaky.length > 0) console.log(`${flaky.length} flaky`)
console.log(`${passed} passed, ${failures.length} failed, ${skipped.length} skipped`)
process.exit(accepted ? 0 : 1)
