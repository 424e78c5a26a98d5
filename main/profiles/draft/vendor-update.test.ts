import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { type ChartFile, folderFiles } from '../../lib/chart-folder.ts'
import { parseProfile } from '../parse.ts'
import type { NewProfile } from '../profiles.ts'
import { createProfileDrafts } from './profile-drafts.ts'

// The thread starts on a machine that runs many tests.
vi.setConfig({ testTimeout: 60_000 })

const signal = new AbortController().signal
const script = `helm upgrade --install foundation charts/plane-foundation -n plane-system
helm upgrade --install gateway charts/plane-gateway -n plane-gateway
helm upgrade --install agent charts/plane-agent -n plane-agent -f agent-values.yaml
`
const values = (host: string) => `api: { url: 'https://${host}:8443/v1' }\n`

/** What the vendor delivers: the charts of the demo plane with a script and values. */
const vendor = (charts: readonly ChartFile[], host: string) =>
  [
    ...charts.map(({ path, content }) => ({ path: `charts/${path}`, content })),
    { path: 'install.sh', content: Buffer.from(script) },
    { path: 'agent-values.yaml', content: Buffer.from(values(host)) },
  ].map(({ path, content }) => ({ path, content: content.toString('base64') }))

/** Instead of helm: a Deployment for each release, with the addresses of its values. */
const render = async ({ release, values: given }: { readonly release: string; readonly values: object }) => {
  const url: unknown = Reflect.get(Object(Reflect.get(given, 'api')), 'url')
  const env = typeof url === 'string' ? [{ name: 'API_URL', value: url }] : []
  const template = { spec: { containers: [{ name: release, image: 'a', env }] } }
  const spec = { selector: { matchLabels: { app: release } }, template }
  return [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: release }, spec }]
}

/** The own profile on the disk. */
function ownProfile() {
  let kept: Omit<NewProfile, 'folder'> | undefined
  const store = async (profile: Omit<NewProfile, 'folder'>) => {
    kept = { ...profile, charts: [...profile.charts, ...(kept?.charts ?? [])] }
    const { name } = profile
    return { name, title: '', description: '', origin: 'own', file: '', endpoints: 0, releases: 0 } as const
  }
  const service = createProfileDrafts({
    add: store,
    replace: store,
    read: async () => kept?.text ?? '',
    chartFiles: async (_name, path) => kept?.charts.find((chart) => chart.path === path)?.files,
    check: async (text) => parseProfile(text).faults ?? [],
    installed: async () => ({ releases: [], unread: [] }),
    render,
  })
  return {
    service,
    text: () => kept?.text ?? '',
    edit: (change: (text: string) => string) => {
      if (kept !== undefined) kept = { ...kept, text: change(kept.text) }
    },
  }
}

it('an update of the demo charts shows exactly the chart and the host that changed, and keeps what people wrote', async () => {
  const { service, text, edit } = ownProfile()
  const charts = await folderFiles(join(import.meta.dirname, '../../../assets/charts'))
  const first = await service.create({ name: 'made', files: vendor(charts, 'api.vendor.net') }, signal)
  const decisions = first.rows.map(({ id }) => ({ row: id, as: 'confirmed' as const }))
  expect(await service.save({ draftId: first.draftId, decisions })).toMatchObject({ faults: [], unconfirmed: 0 })

  const same = await service.create({ name: 'made', files: vendor(charts, 'api.vendor.net') }, signal)
  expect(await service.compare(same)).toEqual({ changes: [] })

  // A person's comment, title and endpoint.
  edit((made) =>
    made
      .replace('releases:\n', 'releases:\n  # Ours: ask before a change.\n')
      .replace(
        'endpoints:\n',
        'endpoints:\n  - { id: ours, component: agent, host: ours.vendor.net, protocol: https }\n',
      ),
  )
  const newer = charts.map(({ path, content }) =>
    path === 'plane-gateway/Chart.yaml'
      ? { path, content: Buffer.from(content.toString().replace(/^version: .*$/m, 'version: 99.0.0')) }
      : { path, content },
  )
  const second = await service.create({ name: 'made', files: vendor(newer, 'api2.vendor.net') }, signal)
  const { changes } = await service.compare(second)
  expect(
    changes.map(({ kind, row, fields }) => [kind, row, ...fields.map(({ field, after }) => `${field}: ${after}`)]),
  ).toEqual([
    ['changed', 'release:gateway', 'chart: 99.0.0'],
    ['changed', 'release:agent', expect.stringContaining('https://api2.vendor.net:8443/v1')],
    ['changed', 'endpoint:agent-api2-vendor', 'title: api2.vendor.net', 'host: api2.vendor.net'],
    // Only a person knows whether it is still needed.
    ['missing', 'endpoint:ours'],
  ])

  const rows = changes.filter(({ kind }) => kind !== 'missing').map(({ row }) => row)
  await service.update({ draftId: second.draftId, rows })
  expect(text()).toContain('# Ours: ask before a change.')
  const { profile, faults } = parseProfile(text())
  expect(faults).toBeUndefined()
  const hosts = profile?.endpoints.map(({ host }) => host) ?? []
  expect(hosts.filter((host) => host.endsWith('.vendor.net')).sort()).toEqual(['api2.vendor.net', 'ours.vendor.net'])
  const third = await service.create({ name: 'made', files: vendor(newer, 'api2.vendor.net') }, signal)
  const { changes: left } = await service.compare(third)
  expect(left.map(({ kind, row }) => `${kind} ${row}`)).toEqual(['missing endpoint:ours'])
})
