import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './run.ts'
import { type Bom, helmComponents } from './sbom-helm.ts'

/** `npm run --silent sbom > FILE`: the software bill of materials of a package, CycloneDX: npm packages and the bundled helm. */
const root = join(import.meta.dirname, '..')
const { code, stdout, stderr } = await run('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
  cwd: root,
})
if (code !== 0) throw new Error(`npm sbom failed: ${stderr}`)
const bom: Bom = JSON.parse(stdout)
const read = (name: string): Promise<string> => readFile(join(root, 'assets/helm', name), 'utf8')
bom.components.push(
  ...helmComponents(await read('go.mod'), await read('go.sum'), JSON.parse(await read('hashes.json'))),
)
process.stdout.write(`${JSON.stringify(bom, undefined, 2)}\n`)
