import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { BuildProblem, type Make } from '../../scripts/build-programs.ts'
import { run } from '../../scripts/run.ts'

const folder = join(import.meta.dirname, 'programs', 'opensearch')

const onPath = (name: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((each) => each !== '' && existsSync(join(each, name)))

/** What this machine lacks to build or run OpenSearch, for the name of a suite that is skipped; empty where it has everything. */
export const missingForOpenSearch = (): string =>
  [
    ['java', 'openjdk-17-jre-headless'],
    ['mvn', 'maven'],
  ]
    .filter(([name = '']) => !onPath(name))
    .map(([name, debian]) => `${name} is missing. Install it: apt-get install ${debian} (Debian's package).`)
    .join(' ')

/** Fetches the server's jars with Maven, and takes them only as `jars.sha256` has them. */
export const makeOpenSearch = async ({ out, signal }: Make): Promise<void> => {
  const missing = missingForOpenSearch()
  if (missing !== '') throw new BuildProblem('OpenSearch was not built.', missing)
  const jars = join(out, 'jars')
  const pom = join(folder, 'pom.xml')
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${jars}`]
  const { code, stdout } = await run('mvn', ['-q', '-B', '-C', '-f', pom, ...goal], { signal })
  if (code !== 0) throw new BuildProblem('OpenSearch was not built: Maven failed.', stdout.slice(-2_000))
  const expected = await readFile(join(folder, 'jars.sha256'), 'utf8')
  const names = (await readdir(jars)).sort()
  const found = await Promise.all(
    names.map(async (name) => {
      const digest = createHash('sha256')
        .update(await readFile(join(jars, name)))
        .digest('hex')
      return `${digest}  ${name}\n`
    }),
  )
  const lines = new Set(expected.split('\n'))
  const other = found.filter((line) => !lines.has(line.trimEnd()))
  if (other.length > 0 || found.length !== lines.size - 1)
    throw new BuildProblem(
      'OpenSearch was not built: Maven gave other jars than jars.sha256 has.',
      other.slice(0, 5).join('') || 'Some are missing.',
    )
}
