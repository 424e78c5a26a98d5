import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { chartFiles, writeChart } from '../../main/lib/chart-folder.ts'
import { Profile } from '../../preload/contract/profiles.ts'
import { buildHelm } from '../../scripts/build-helm.ts'
import { BuildProblem } from '../../scripts/build-programs.ts'
import { run } from '../../scripts/run.ts'

const assets = join(import.meta.dirname, '..', '..', 'assets')
const charts = readdirSync(join(assets, 'charts')).filter((name) => name.startsWith('plane-'))
const profile = Profile.parse(parse(readFileSync(join(assets, 'profiles', 'demo', 'profile.yaml'), 'utf8')))

let folder: string
/** Undefined where helm cannot be built; `whyNot` has the reason. */
let helm: string | undefined
let whyNot = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'charts-'))
  for (const chart of charts)
    await writeChart(await chartFiles(assets, assets, `charts/${chart}`), join(folder, 'charts', chart))
  helm = await buildHelm().catch((error: unknown) => {
    if (!(error instanceof BuildProblem)) throw error
    whyNot = error.message
    return undefined
  })
}, 600_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The chart's values from the profile, with a sample for each setting. */
const filled = (value: unknown): unknown => {
  if (typeof value === 'string') {
    if (/^\$\{[\w.]+\.port\}$/.test(value)) return 8443
    return value.replaceAll(/\$\{([\w.]+)\}/g, (_, path: string) => `${path.replaceAll('.', '-').toLowerCase()}.test`)
  }
  if (Array.isArray(value)) return value.map(filled)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item)]))
}
const releaseOf = (chart: string) => {
  const found = profile.releases.find((release) => 'path' in release.chart && release.chart.path.endsWith(`/${chart}`))
  if (!found) throw new Error(`No release installs ${chart}.`)
  return found
}

const template = async (chart: string, values: unknown) => {
  const file = join(folder, `${chart}.yaml`)
  await writeFile(file, stringify(values))
  const { name, namespace } = releaseOf(chart)
  const result = await run(helm ?? '', [
    'template',
    name,
    join(folder, 'charts', chart),
    '--namespace',
    namespace,
    '--values',
    file,
  ])
  type Rendered = {
    kind: string
    metadata: { name: string; namespace?: string }
    spec?: { template?: { metadata: object; spec: PodSpec } }
  }
  return {
    ...result,
    objects: result.code === 0 ? parseAllDocuments(result.stdout).map((document) => document.toJS() as Rendered) : [],
  } // helm's output
}
type PodSpec = {
  securityContext: object
  automountServiceAccountToken?: boolean
  containers: { name: string; image: string; resources: object; securityContext: object }[]
}

describe('the charts of the demo plane', () => {
  it('are exactly those that the profile installs', () => {
    expect(charts.map((chart) => releaseOf(chart).name).toSorted()).toEqual(
      profile.releases.map(({ name }) => name).toSorted(),
    )
  })

  it('contain no duplicate file', () => {
    const files = readdirSync(join(assets, 'charts'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(tpl|mjs|mts)$/.test(entry.name))
      .map(({ parentPath, name }) => join(parentPath, name))
    const texts = files.map((file) => readFileSync(file, 'utf8'))

    expect(files.length).toBeGreaterThan(20)
    expect(files.filter((_, index) => texts.indexOf(texts[index] ?? '') !== index)).toEqual([])
  })

  it('import only files that they list', () => {
    const library = join(assets, 'charts', 'demo-library', 'files')
    for (const chart of charts.filter((name) => name !== 'plane-flux')) {
      const template = readFileSync(join(assets, 'charts', chart, 'templates', '_programs.tpl'), 'utf8')
      const names = template.split('\n')[2]?.split(' ') ?? []
      const imported = names.flatMap((name) =>
        [...readFileSync(join(library, `${name}.mjs`), 'utf8').matchAll(/from '\.\/([\w-]+)\.mjs'/g)].map(
          ([, each]) => each,
        ),
      )
      expect(names, chart).toEqual(expect.arrayContaining(imported))
    }
  })
})

describe.each(charts)('chart %s', (chart) => {
  it('passes helm lint and renders with the values of the profile', async ({ skip }) => {
    if (helm === undefined) return skip(whyNot)
    const values = filled(releaseOf(chart).values)

    const { code, stderr, objects } = await template(chart, values)
    const lint = await run(helm, [
      'lint',
      '--strict',
      join(folder, 'charts', chart),
      '--values',
      join(folder, `${chart}.yaml`),
    ])

    expect(stderr).toBe('')
    expect({ code, lint: lint.code }).toEqual({ code: 0, lint: 0 })
    expect(objects.length).toBeGreaterThan(1)
  })

  it('conforms to Pod Security "restricted", and requests little CPU and memory', async ({ skip }) => {
    if (helm === undefined) return skip(whyNot)

    const { objects } = await template(chart, filled(releaseOf(chart).values))

    const pods = objects.flatMap(({ spec }) => (spec?.template ? [spec.template] : []))
    expect(pods.length).toBeGreaterThan(0)
    for (const { metadata, spec } of pods) {
      expect(JSON.stringify(metadata)).not.toContain('helm.sh/chart')
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
      for (const container of spec.containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
        expect(container.resources).toMatchObject({
          requests: { cpu: expect.stringMatching(/^[12]0m$/) },
          limits: { memory: expect.any(String) },
        })
      }
    }
  })

  it('contains the workloads of its components in the profile', async ({ skip }) => {
    if (helm === undefined) return skip(whyNot)
    const release = releaseOf(chart)

    const { objects } = await template(chart, filled(release.values))

    const parts = profile.components
      .filter(({ id }) => release.components.includes(id))
      .flatMap((component) => component.parts)
    const rendered = objects.map(
      ({ kind, metadata }) => `${kind} ${metadata.namespace ?? release.namespace}/${metadata.name}`,
    )
    const made = parts
      .filter(({ kind }) => !['Secret', 'HelmRelease'].includes(kind))
      .map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`)
    expect(rendered).toEqual(expect.arrayContaining(made))
    expect(made.length).toBeGreaterThan(0)
  })

  it('rejects a value that its schema does not have', async ({ skip }) => {
    if (helm === undefined) return skip(whyNot)

    const { code, stderr } = await template(chart, { ...Object(filled(releaseOf(chart).values)), misspelt: true })

    expect(code).not.toBe(0)
    expect(stderr).toMatch(/additional properties 'misspelt' not allowed/)
  })
})

describe('a chart whose server is not configured', () => {
  it('reports the missing value in a sentence', async ({ skip }) => {
    if (helm === undefined) return skip(whyNot)
    const values = { ...Object(filled(releaseOf('plane-agent').values)), controlPlane: { host: '', port: 443 } }

    const { stderr } = await template('plane-agent', values)

    expect(stderr).toContain(
      'controlPlane.host is empty: plane-agent cannot run without the address of the control plane.',
    )
  })
})
