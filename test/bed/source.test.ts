import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { helmPath } from '../../scripts/build-helm.ts'
import { apiOf } from './access.ts'
import { startBed } from './bed.ts'
import { packChart, serveSources, statusFor } from './source.ts'
import { until } from './until.ts'
import { skipReason } from './with-bed.ts'

const limit = () => AbortSignal.timeout(120_000)

/** A folder with one chart, `greeting`, that creates a ConfigMap; removed after the test. */
const chartsFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-charts-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const chart = join(folder, 'greeting')
  await mkdir(join(chart, 'templates'), { recursive: true })
  await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: greeting\nversion: 1.2.3\n')
  await writeFile(join(chart, 'values.yaml'), 'text: hello\n')
  const template = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: greeting\ndata:\n  text: {{ .Values.text }}\n'
  await writeFile(join(chart, 'templates', 'greeting.yaml'), template)
  return folder
}

const repository = (chart: string) => ({
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'OCIRepository',
  metadata: { name: chart, namespace: 'default' },
  spec: { interval: '1m', url: `oci://registry.example.test/charts/${chart}`, ref: { tag: '1.2.3' } },
})

describe('packChart', () => {
  it('packs the same folder into the same bytes', async () => {
    const folder = join(await chartsFolder(), 'greeting')

    const [first, second] = await Promise.all([packChart(folder), packChart(folder)])

    expect(first).toEqual(second)
    expect(first.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it.skipIf(!existsSync(helmPath()))('packs an archive that helm reads (skipped until helm is built)', async () => {
    const folder = await chartsFolder()
    const { name, version, archive } = await packChart(join(folder, 'greeting'))
    await writeFile(join(folder, 'packed.tgz'), archive)

    const rendered = execFileSync(helmPath(), ['template', 'any', join(folder, 'packed.tgz')], { encoding: 'utf8' })

    expect(rendered).toContain('text: hello')
    expect([name, version]).toEqual(['greeting', '1.2.3'])
  })
})

describe('statusFor', () => {
  it('is not ready, with a reason, where the chart does not exist', () => {
    const object = {
      kind: 'OCIRepository',
      metadata: { name: 'a', generation: 3 },
      spec: { url: 'oci://x/charts/other' },
    }

    const status = statusFor(object, undefined, 'http://10.0.0.1', '2026-01-01T00:00:00Z')

    expect(status).toMatchObject({
      observedGeneration: 3,
      conditions: [{ type: 'Ready', status: 'False', message: 'no chart named other here' }],
    })
  })
})

const reason = skipReason('real')

describe.skipIf(reason !== '')(`the fake source-controller ${reason}`, () => {
  it('lets the real helm-controller install a chart, and reports a missing chart', async () => {
    const bed = await startBed({ pods: 'real', flux: 'controller' }, AbortSignal.timeout(280_000))
    onTestFinished(() => bed.down())
    const api = await apiOf(bed)
    const sources = await serveSources(bed, await chartsFolder(), limit())
    onTestFinished(() => sources.close())

    await api.apply(repository('greeting'), limit())
    await api.apply(repository('missing'), limit())
    await api.apply(
      {
        apiVersion: 'helm.toolkit.fluxcd.io/v2',
        kind: 'HelmRelease',
        metadata: { name: 'greeting', namespace: 'default' },
        spec: { interval: '1m', chartRef: { kind: 'OCIRepository', name: 'greeting' }, values: { text: 'from flux' } },
      },
      limit(),
    )

    const installed = await until(
      'The ConfigMap of the chart',
      () => api.get('/api/v1/namespaces/default/configmaps/greeting', limit()),
      60_000,
      limit(),
    )
    expect(installed.data).toEqual({ text: 'from flux' })
    const missing = await api.get(
      '/apis/source.toolkit.fluxcd.io/v1/namespaces/default/ocirepositories/missing',
      limit(),
    )
    expect(missing.status).toMatchObject({ conditions: [{ type: 'Ready', status: 'False' }] })
  })
})
