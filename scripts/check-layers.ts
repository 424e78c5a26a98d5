import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { run } from './run.ts'

/**
 * Holds the layer rules against the code, after holding them against a violation that is planted for it: beside a
 * compiler without an API the tool can find no imports, and would pass whatever stands there.
 */
const root = join(import.meta.dirname, '..')

const cruise = async (...folders: string[]) => {
  const args = ['--config', '.dependency-cruiser.mjs', '--output-type', 'err', ...folders]
  return run(process.execPath, [join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'), ...args], {
    cwd: root,
  })
}

/** What the rules report for planted violations, in a folder that exists for this moment only. */
async function sayOfViolation(): Promise<string> {
  const planted = await mkdtemp(join(root, 'renderer', 'planted-'))
  try {
    const text = "import { homeFolder } from '../../main/home.ts'\nexport const x = homeFolder\n"
    await writeFile(join(planted, 'violation.ts'), text)
    await writeFile(join(planted, 'one.ts'), "import type { Two } from './two.ts'\nexport type One = Two[]\n")
    await writeFile(join(planted, 'two.ts'), "import type { One } from './one.ts'\nexport type Two = One[]\n")
    return (await cruise(`renderer/${basename(planted)}`)).stdout
  } finally {
    await rm(planted, { recursive: true, force: true })
  }
}

const said = await sayOfViolation()
for (const rule of ['window-knows-the-contract-alone', 'no-circles']) {
  if (said.includes(rule)) continue
  console.error(`A planted violation of "${rule}" was not found: the layer rules check nothing.\n${said}`)
  process.exit(1)
}

const { code, stdout } = await cruise('main', 'preload', 'renderer')
// The notice about the compiler is answered by the planted violation above.
console.log(
  stdout
    .split('\n')
    .filter((line) => !/transpiler|TypeScript|typescript@|it's likely/.test(line))
    .join('\n')
    .trim(),
)
process.exit(code)
