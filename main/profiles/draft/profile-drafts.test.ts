import { expect, it, vi } from 'vitest'
import { Problem } from '../../../preload/contract/problem.ts'
import type { InstalledReleases } from '../../lib/installed-release.ts'
import type { NewProfile } from '../profiles.ts'
import { createProfileDrafts } from './profile-drafts.ts'

const file = (path: string, text: string) => ({ path, content: Buffer.from(text).toString('base64') })
const chart = (name: string) => file(`charts/${name}/Chart.yaml`, `{apiVersion: v2, name: ${name}, version: 1.0.0}`)
// The thread starts on a machine that runs many tests.
vi.setConfig({ testTimeout: 60_000 })

const signal = new AbortController().signal

/** A stand-in of the rest of Hangar: nothing is rendered, every text is valid. */
function drafts(
  render: () => Promise<readonly unknown[]> = async () => [],
  installed: () => Promise<InstalledReleases> = async () => ({ releases: [], unread: [] }),
) {
  const added: NewProfile[] = []
  const add = async (profile: NewProfile) => {
    added.push(profile)
    return {
      name: profile.name,
      title: '',
      description: '',
      origin: 'own',
      file: '',
      endpoints: 0,
      releases: 0,
    } as const
  }
  const read = async () => 'name: made'
  const chartFiles = async () => undefined
  const ports = { add, read, chartFiles, replace: add, check: async () => [], installed, render }
  return { added, drafts: createProfileDrafts(ports) }
}

it('a saved draft has the charts of the releases that were kept, and is forgotten', async () => {
  const { drafts: service, added } = drafts()
  const { draftId, rows } = await service.create({ name: 'made', files: [chart('a'), chart('b')] }, signal)
  expect(rows.map(({ id }) => id)).toEqual(['release:a', 'release:b'])
  const decisions = [{ row: 'release:b', as: 'skipped' }] as const
  expect(await service.save({ draftId, decisions })).toMatchObject({ unconfirmed: 1, omitted: [] })
  expect(added[0]?.charts.map(({ path, files }) => [path, files.map((each) => each.path)])).toEqual([
    ['charts/a', ['Chart.yaml']],
  ])
  await expect(service.save({ draftId, decisions })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
})

it('a row that the draft does not have is refused', async () => {
  const { drafts: service } = drafts()
  const { draftId } = await service.create({ name: 'made', files: [chart('a')] }, signal)
  const decisions = [{ row: 'release:x', as: 'confirmed' }] as const
  await expect(service.save({ draftId, decisions })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
})

it.each(['/etc/passwd', '../a', 'a/../../b', 'C:/a', 'a\\b'])('the path %s is refused', async (path) => {
  const { drafts: service } = drafts()
  const created = service.create({ name: 'made', files: [file(path, '')] }, signal)
  await expect(created).rejects.toMatchObject({ code: 'FILE_INVALID' })
})

it('values with too many levels are refused', async () => {
  const { drafts: service } = drafts()
  const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`
  const files = [chart('a'), file('i.sh', `helm install a charts/a --set-json 'x=${deep}'`)]
  await expect(service.create({ name: 'made', files }, signal)).rejects.toMatchObject({ code: 'FILE_INVALID' })
})

it('of a release whose chart cannot be rendered, the objects of helm’s record are read', async () => {
  const agent = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'agent', namespace: 'plane' },
    spec: { selector: { matchLabels: { app: 'agent' } }, template: { spec: { containers: [] } } },
  }
  const text = 'apiVersion: v2\nname: agent\nversion: 1.0.0\n'
  const release = {
    name: 'agent',
    namespace: 'plane',
    secret: 'sh.helm.release.v1.agent.v1',
    installedAt: '2026-01-01T00:00:00.000Z',
    chart: { name: 'agent', version: '1.0.0' },
    chartFiles: [{ path: 'Chart.yaml', content: Buffer.from(text) }],
    missingCharts: [],
    values: {},
    objects: [agent],
  }
  const { drafts: service } = drafts(
    () => Promise.reject(new Problem('HELM_FAILED', 'The chart needs a cluster.')),
    async () => ({ releases: [release], unread: [] }),
  )
  const cluster = { contextId: 'bed', namespaces: [] }
  const { rows, unread } = await service.create({ name: 'made', files: [], cluster }, signal)
  expect(rows.map(({ id }) => id)).toEqual(['release:agent', 'component:agent', 'logSource:agent'])
  expect(unread.map(({ why }) => why)).toEqual([
    'The chart cannot be rendered: The chart needs a cluster. Its objects are those of helm’s record.',
  ])
})
