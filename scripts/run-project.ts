import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterRepeat, type Outcome, outcomesOf, type Report } from './tally.ts'

export interface ProjectRun {
  /** Checkout whose vitest and configuration are used. */
  readonly root: string
  /** Folder for vitest's reports. */
  readonly results: string
  readonly env?: Readonly<Record<string, string>>
  /** Prints nothing: for the tests of this function. */
  readonly quiet?: boolean
}

/** Runs a Node program on this terminal; resolves with its exit code. */
export async function execute(
  root: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  quiet = false,
): Promise<number> {
  const stdio = quiet ? 'ignore' : 'inherit'
  const child = spawn(process.execPath, [...args], { cwd: root, stdio, env: { ...process.env, ...env } })
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : 1
}

/**
 * Runs one project of vitest, then each file with a failure once more, from its beginning: a test that depends on the
 * ones before it cannot be repeated alone.
 */
export async function runProject(project: string, run: ProjectRun): Promise<Outcome[]> {
  const first = await runFiles(project, [], run, 'first')
  const failed = new Set(first.filter(({ status }) => status === 'failed').map(({ file }) => file))
  if (failed.size === 0 || failed.has(project)) return first
  if (!run.quiet)
    console.log(`Repeating ${failed.size} ${failed.size === 1 ? 'file' : 'files'} of ${project} that failed …`)
  return afterRepeat(first, await runFiles(project, [...failed], run, 'repeat'))
}

async function runFiles(
  project: string,
  files: readonly string[],
  { root, results, env, quiet }: ProjectRun,
  label: string,
): Promise<Outcome[]> {
  const reportFile = join(results, `${project}-${label}.json`)
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...files,
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
    '--passWithNoTests',
  ]
  const code = await execute(root, args, env, quiet)
  const outcomes = await readFile(reportFile, 'utf8').then(
    (text) => outcomesOf(JSON.parse(text) as Report), // vitest's own
    () => [],
  )
  if (code === 0 || outcomes.some(({ status }) => status === 'failed')) return outcomes
  // Such as an unhandled rejection after the last test.
  return [...outcomes, { file: project, name: `the test runner ended with ${code}`, status: 'failed' }]
}
