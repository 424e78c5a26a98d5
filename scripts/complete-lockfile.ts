import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/**
 * Adds the packages of other systems to the lockfile, which npm omits when the registry in use lacks them (some mirrors
 * have only their own platform): without an entry for each, `npm ci` refuses the lockfile.
 * Run it after each change of dependencies. The entries have no hash, because the files are not available.
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

/** Platform packages are named by their platform: `@biomejs/cli-linux-arm64-musl` is for Linux, arm64, musl. */
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
    // Platform packages are required in exact versions; a range is another package, which npm resolves.
    if (path === '' || !/^\d/.test(version)) continue
    // Beside the package that requires it, as npm places it: nested packages have their own versions.
    const place = `${path.slice(0, path.lastIndexOf('node_modules/'))}node_modules/${name}`
    if (packages[place] !== undefined || packages[`${path}/node_modules/${name}`] !== undefined) continue
    packages[place] = { version, ...platformOf(name), ...(dev && { dev }), optional: true }
    console.log(`added ${name}@${version}`)
  }
}
lockfile.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)))
await writeFile(file, `${JSON.stringify(lockfile, undefined, 2)}\n`)
