import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../preload/contract/words.ts'
import type { InstalledRelease } from '../../lib/installed-release.ts'
import { withInstalled } from './installed.ts'
import { prepare } from './prepare.ts'
import { protocolGuess } from './protocols.ts'
import { readVendorFiles } from './vendor-files.ts'

const chartFiles = (name: string, template = 'kind: A') => [
  { path: 'Chart.yaml', content: Buffer.from(`{apiVersion: v2, name: ${name}, version: 1.0.0}`) },
  { path: 'templates/a.yaml', content: Buffer.from(template) },
]
const installed = (name: string, part: Partial<InstalledRelease> = {}): InstalledRelease => ({
  name,
  namespace: 'plane',
  secret: `sh.helm.release.v1.${name}.v1`,
  installedAt: '2026-01-01T00:00:00.000Z',
  chart: { name, version: '1.0.0' },
  chartFiles: chartFiles(name),
  missingCharts: [],
  values: {},
  objects: [],
  ...part,
})
const vendorChart = (name: string, template?: string) =>
  chartFiles(name, template).map(({ path, content }) => ({ path: `charts/${name}/${path}`, content }))

async function prepared(releases: readonly InstalledRelease[], files: Parameters<typeof readVendorFiles>[0] = []) {
  return prepare(withInstalled(await readVendorFiles(files), { releases, unread: [] }), 'made')
}

const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'

describe('the values of an installed release', () => {
  it.each<[string, JsonObject, JsonObject, Record<string, unknown>]>([
    [
      'have a setting for an address and its port, with the installed ones as default',
      { vault: { host: 'vault.corp.net', port: 8200, size: 3 } },
      { vault: { host: '${vault.host}', port: '${vault.port}', size: 3 } },
      { 'vault.host': 'vault.corp.net', 'vault.port': 8200 },
    ],
    [
      'have a setting for the host of a URL',
      { hub: { url: 'wss://hub.corp.net:8443/ws' } },
      { hub: { url: 'wss://${hubHost}:8443/ws' } },
      { hubHost: 'hub.corp.net' },
    ],
    [
      'have a setting for a certificate',
      { servers: { ca: certificate } },
      { servers: { ca: '${servers.ca}' } },
      { 'servers.ca': certificate },
    ],
    [
      'keep addresses in the cluster, images and numbers as they are',
      { host: 'db.plane.svc', server: 'db', image: 'registry.corp.net/a:1', port: 80, text: 'a${b}' },
      { host: 'db.plane.svc', server: 'db', image: 'registry.corp.net/a:1', port: 80, text: 'a$${b}' },
      {},
    ],
  ])('%s', async (_what, values, expected, settings) => {
    const { releases, settings: made } = await prepared([installed('agent', { values })])
    expect(releases[0]?.values).toEqual(expected)
    expect(Object.fromEntries(made.map(({ name, initial }) => [name, initial]))).toEqual(settings)
  })

  it('stay fixed where two releases differ, and share a setting where they agree', async () => {
    const of = (host: string) => ({ values: { hub: { host }, vault: { host: 'vault.corp.net' } } })
    const { releases, settings } = await prepared([installed('a', of('a.corp.net')), installed('b', of('b.corp.net'))])
    expect(releases.map(({ values }) => values)).toEqual([
      { hub: { host: 'a.corp.net' }, vault: { host: '${vault.host}' } },
      { hub: { host: 'b.corp.net' }, vault: { host: '${vault.host}' } },
    ])
    expect(settings.map(({ name }) => name)).toEqual(['vault.host'])
  })

  it('lose their secrets, whatever those are named, and each is listed by its path alone', async () => {
    const values = {
      database: { password: 'hunter2-secret', passwordSecretName: 'db' },
      pin: 4711,
      url: 'https://user:hunter2-secret@api.corp.net',
      webhook: 'https://hooks.slack.com/services/T0/B0/hunter2-secret',
      certificate: '-----BEGIN PRIVATE KEY-----\nhunter2-secret\n-----END PRIVATE KEY-----',
      env: [{ name: 'A', token: 'hunter2-secret' }],
    }
    const made = await prepared([installed('agent', { values })])
    expect(JSON.stringify({ ...made, charts: [] })).not.toMatch(/hunter2|4711/)
    expect(made.releases[0]?.values).toEqual({ database: { passwordSecretName: 'db' } })
    expect(made.unread.map(({ text }) => text)).toEqual([
      'agent: database.password',
      'agent: pin',
      'agent: url',
      'agent: webhook',
      'agent: certificate',
      'agent: env',
    ])
  })
})

describe('the chart of an installed release', () => {
  it('is that of helm’s record, once for two releases', async () => {
    const same = { chart: { name: 'agent', version: '1.0.0' }, chartFiles: chartFiles('agent') }
    const { releases, charts } = await prepared([installed('one', same), installed('two', same)])
    expect(charts.map(({ path }) => path)).toEqual(['helm/plane/one'])
    expect(releases.map(({ chartPath, confidence }) => [chartPath, confidence])).toEqual([
      ['helm/plane/one', 'sure'],
      ['helm/plane/one', 'sure'],
    ])
    expect(releases[0]?.evidence[1]?.text).toMatch(/^chart agent 1\.0\.0, sha256:[0-9a-f]{64}$/)
  })

  it('is that of the vendor where the record has the same templates, and a guess where it has others', async () => {
    const release = installed('agent', { missingCharts: ['library'] })
    const exact = await prepared([release], vendorChart('agent'))
    expect(exact.releases.map(({ chartPath, confidence }) => [chartPath, confidence])).toEqual([
      ['charts/agent', 'sure'],
    ])
    const other = await prepared([release], vendorChart('agent', 'kind: Other'))
    expect(other.releases.map(({ chartPath, confidence }) => [chartPath, confidence])).toEqual([
      ['charts/agent', 'guess'],
    ])
  })

  it('is asked for where helm did not record all of it', async () => {
    const { releases, unread } = await prepared([installed('agent', { missingCharts: ['library'] })])
    expect(releases).toEqual([])
    expect(unread.map(({ text, why }) => `${text}: ${why}`)).toEqual([
      'agent 1.0.0: Helm does not record the charts inside of it (library). Add the chart as a folder or .tgz.',
    ])
  })
})

it('a list with the same host and port refers to the settings that were found', async () => {
  const list = { path: 'hosts.csv', content: Buffer.from('Component,Host,Port\nagent,vault.corp.net,8200\n') }
  const values = { vault: { host: 'vault.corp.net', port: 8200 } }
  const { hosts } = await prepared([installed('agent', { values })], [list])
  expect(hosts.map(({ host, port }) => `${host}:${port}`)).toEqual(['${vault.host}:${vault.port}'])
})

it.each([
  ['of the installed port, if that is well known', 5672, 443, 'amqp091'],
  ['of the chart’s default port, if the installed one shows none', 33_000, 5671, 'amqp091'],
  ['https, if neither shows another', 8443, 443, 'https'],
])('the protocol of an installed address is %s', async (_what, port, usual, protocol) => {
  const values = { path: 'charts/agent/values.yaml', content: Buffer.from(`hub: {host: "", port: ${usual}}`) }
  const release = installed('agent', { values: { hub: { host: 'hub.corp.net', port } } })
  const { settings } = await prepared([release], [...vendorChart('agent'), values])
  const of = settings.find(({ name }) => name === 'hub.port')
  const ports = [of?.initial, of?.usual].filter((each) => typeof each === 'number')
  expect(protocolGuess('${hub.host}', ports, 'hub.host')?.protocol).toBe(protocol)
})
