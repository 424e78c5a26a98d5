import { glob, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { run } from './run.ts'

/**
 * Checks the layer rules, after checking that each planted violation is reported: with a compiler that has no API the
 * tool can find no imports, and would then pass.
 */
const root = join(import.meta.dirname, '..')

const cruise = async (...folders: string[]) => {
  const args = ['--config', '.dependency-cruiser.mjs', '--output-type', 'err', ...folders]
  return run(process.execPath, [join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'), ...args], {
    cwd: root,
  })
}

/** Files that break a rule, in a folder that exists only during the check. */
interface Violation {
  readonly rule: string
  readonly folder: string
  readonly files: Readonly<Record<string, string>>
}

const violations: readonly Violation[] = [
  {
    rule: 'window-knows-the-contract-alone',
    folder: 'renderer',
    files: { 'violation.ts': "import { homeFolder } from '../../main/home.ts'\nexport const x = homeFolder\n" },
  },
  {
    rule: 'no-circles',
    folder: 'renderer',
    files: {
      'one.ts': "import type { Two } from './two.ts'\nexport type One = Two[]\n",
      'two.ts': "import type { One } from './one.ts'\nexport type Two = One[]\n",
    },
  },
  {
    rule: 'terminal-calls-the-contract',
    folder: 'main/terminal',
    files: {
      'violation.ts': "import { compare } from '../../connectivity/history/compare.ts'\nexport const x = compare\n",
    },
  },
  {
    rule: 'probe-is-independent',
    folder: 'main/connectivity/probe',
    files: { 'violation.ts': "import { rowOf } from '../../plan/rows.ts'\nexport const x = rowOf\n" },
  },
  {
    rule: 'probe-imports-only-types-of-the-contract',
    folder: 'main/connectivity/probe',
    files: {
      'violation.ts': "import { Verdict } from '../../../../preload/contract/words.ts'\nexport const x = Verdict\n",
    },
  },
  {
    rule: 'connectivity-window-state-knows-no-view',
    folder: 'renderer/connectivity/matrix',
    files: {
      'violation.ts': "import { MatrixTable } from '../../matrix/MatrixTable.tsx'\nexport const x = MatrixTable\n",
    },
  },
  {
    rule: 'connectivity-window-vantages-and-export-know-no-table',
    folder: 'renderer/connectivity/vantages',
    files: { 'violation.ts': "import { emptyMatrix } from '../../matrix/matrix.ts'\nexport const x = emptyMatrix\n" },
  },
  {
    rule: 'connectivity-window-details-are-below-the-table',
    folder: 'renderer/connectivity/details',
    files: { 'violation.tsx': "import { MatrixRow } from '../../matrix/MatrixRow.tsx'\nexport const x = MatrixRow\n" },
  },
  {
    rule: 'connectivity-window-table-knows-no-history',
    folder: 'renderer/connectivity/matrix',
    files: { 'violation.ts': "import { changeLine } from '../../history/changes.ts'\nexport const x = changeLine\n" },
  },
  {
    rule: 'connectivity-window-history-knows-no-watch',
    folder: 'renderer/connectivity/history',
    files: { 'violation.tsx': "import { WatchBar } from '../../watch/WatchBar.tsx'\nexport const x = WatchBar\n" },
  },
  {
    rule: 'no-connectivity-window-folder-imports-its-entry',
    folder: 'renderer/connectivity/watch',
    files: { 'violation.tsx': "import { LatestRun } from '../../LatestRun.tsx'\nexport const x = LatestRun\n" },
  },
]

/** The report of the rules on a planted violation. */
async function reportOf({ folder, files }: Violation): Promise<string> {
  const planted = await mkdtemp(join(root, folder, 'planted-'))
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(planted, name), text)
    return (await cruise(`${folder}/${basename(planted)}`)).stdout
  } finally {
    await rm(planted, { recursive: true, force: true })
  }
}

// Of a check that was killed.
for await (const left of glob('{main,preload,renderer}/**/planted-??????', { cwd: root }))
  await rm(join(root, left), { recursive: true, force: true })

for (const violation of violations) {
  const report = await reportOf(violation)
  if (report.includes(violation.rule)) continue
  console.error(`A planted violation of "${violation.rule}" was not found: the layer rules check nothing.\n${report}`)
  process.exit(1)
}

const { code, stdout } = await cruise('main', 'preload', 'renderer')
// The tool warns that it found no compiler; the planted violations show that it does find imports.
console.log(
  stdout
    .split('\n')
    .filter((line) => !/transpiler|TypeScript|typescript@|it's likely/.test(line))
    .join('\n')
    .trim(),
)
process.exit(code)
