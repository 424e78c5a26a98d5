import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { run } from './run.ts'

/**
 * Completes the lockfile after a change of dependencies: npm omits packages of other systems that the registry in use
 * did not have at that time, and hashes that it did not need. Without an entry for each, `npm ci` refuses the lockfile;
 * without its hash, it accepts any content. Exits with 1 for a package that the registry does not have: then another
 * version is needed.
 */
const file = join(import.meta.dirname, '..', 'package-lock.json')

interface Entry {
  version?: string
  integrity?: string
  link?: boolean
  dev?: boolean
  optional?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const oneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => [given].flat())
  .optional()
const Published = z.object({ 'dist.integrity': z.string(), os: oneOrMore, cpu: oneOrMore, libc: oneOrMore })

/** What the registry says of a version: its hash, and the systems it is for. */
async function published(name: string, version: string): Promise<object> {
  const fields = ['dist.integrity', 'os', 'cpu', 'libc', '--json']
  const { code, stdout } = await run('npm', ['view', `${name}@${version}`, ...fields])
  if (code !== 0) throw new Error(`The registry does not have ${name}@${version}. Choose a version that it has.`)
  const { 'dist.integrity': integrity, ...systems } = Published.parse(JSON.parse(stdout))
  return { integrity, ...systems }
}

const lockfile: { packages: Record<string, Entry> } = JSON.parse(await readFile(file, 'utf8'))
const { packages } = lockfile
for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    // Platform packages are required in exact versions; a range is another package, which npm resolves.
    if (path === '' || !/^\d/.test(version)) continue
    // Beside the package that requires it, as npm places it: nested packages have their own versions.
    const place = `${path.slice(0, path.lastIndexOf('node_modules/'))}node_modules/${name}`
    if (packages[place] !== undefined || packages[`${path}/node_modules/${name}`] !== undefined) continue
    packages[place] = { version, ...(dev && { dev }), optional: true }
    console.log(`added ${name}@${version}`)
  }
}
for (const [path, entry] of Object.entries(packages)) {
  if (path === '' || entry.link || entry.integrity !== undefined || entry.version === undefined) continue
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const { version, ...rest } = entry
  packages[path] = { version, ...(await published(name, version)), ...rest }
  console.log(`hash of ${name}@${version}`)
}
lockfile.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)))
await writeFile(file, `${JSON.stringify(lockfile, undefined, 2)}\n`)
