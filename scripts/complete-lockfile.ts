import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/**
 * Adds to the lockfile what npm leaves out of it when the registry in use does not have the packages of other systems
 * (some mirrors keep those of their own alone): without an entry for each, `npm ci` refuses the lockfile everywhere.
 * Run it after each change of dependencies. The entries carry no hash, because nobody here has seen the files.
 */
const file = join(import.meta.dirname, '..', 'package-lock.json')
const Lockfile = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({ optionalDependencies: z.record(z.string(), z.string()).optional(), dev: z.boolean().optional() }),
  ),
})

const systems: Readonly<Record<string, string>> = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  openharmony: 'openharmony',
  win32: 'win32',
  windows: 'win32',
}
const processors: Readonly<Record<string, string>> = {
  arm: 'arm',
  arm64: 'arm64',
  ia32: 'ia32',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  x64: 'x64',
}

/** `@biomejs/cli-linux-arm64-musl` is for Linux, arm64, musl: the names of platform packages say it. */
export function platformOf(name: string): { os?: string[]; cpu?: string[]; libc?: string[] } {
  const parts = name.split(/[/-]/)
  const [os] = parts.flatMap((part) => systems[part] ?? [])
  const [cpu] = parts.flatMap((part) => processors[part] ?? [])
  const libc = parts.includes('musl') ? 'musl' : parts.includes('gnu') ? 'glibc' : undefined
  return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }) }
}

const lockfile = Lockfile.parse(JSON.parse(await readFile(file, 'utf8')))
const { packages } = lockfile
for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    // Platform packages are wanted in exact versions; a range is not one, and npm resolves it itself.
    if (path === '' || !/^\d/.test(version)) continue
    // Beside the package that has it as an option, as npm places it: nested packages have versions of their own.
    const place = `${path.slice(0, path.lastIndexOf('node_modules/'))}node_modules/${name}`
    if (packages[place] !== undefined || packages[`${path}/node_modules/${name}`] !== undefined) continue
    packages[place] = { version, ...platformOf(name), ...(dev && { dev }), optional: true }
    console.log(`added ${name}@${version}`)
  }
}
lockfile.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)))
await writeFile(file, `${JSON.stringify(lockfile, undefined, 2)}\n`)
