import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { expect, it } from 'vitest'
import { Problem } from '../../../preload/contract/problem.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { KubernetesError } from '../../lib/kubernetes/failure.ts'
import { deployedRecords, readInstalledReleases } from './installed-releases.ts'

const signal = AbortSignal.timeout(20_000)
const forbidden = () =>
  new KubernetesError('CLUSTER_FORBIDDEN', 'secrets is forbidden', { code: 403, reason: 'Forbidden', message: '' })

/** As helm's driver writes them. */
const recordOf = async (name: string, installed: string, more: object = {}): Promise<string> => {
  const chart = { metadata: { apiVersion: 'v2', name, version: '1.0.0' }, templates: [], files: [], values: {} }
  const record = { name, info: { first_deployed: installed }, chart, config: { size: 1 }, manifest: '', ...more }
  const zipped = await promisify(gzip)(JSON.stringify(record))
  return Buffer.from(zipped.toString('base64')).toString('base64')
}

type Secret = {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Record<string, string> }
  readonly data: { readonly release: string }
}
const secret = (namespace: string, name: string, version: number, status: string, release: string): Secret => ({
  metadata: {
    name: `sh.helm.release.v1.${name}.v${version}`,
    namespace,
    labels: { owner: 'helm', name, version: String(version), status },
  },
  data: { release },
})

/** A stand-in of an API server with these Secrets; namespaces in `closed`, and '' for the whole cluster, are forbidden. */
const clusterWith = (secrets: readonly Secret[], closed: readonly string[] = []): KubernetesClient => ({
  server: 'https://fake.invalid',
  async request<Answer>(_method: string, path: string) {
    const [, namespace = '', name] = /^\/api\/v1(?:\/namespaces\/([^/]+))?\/secrets(?:\/(.+))?$/.exec(path) ?? []
    if (!path.includes('/secrets')) {
      const resources = [{ kind: 'Secret', name: 'secrets', namespaced: true, verbs: ['get', 'list'] }]
      return { kind: 'APIResourceList', resources, groups: [] } as Answer
    }
    if (closed.includes(namespace)) throw forbidden()
    const own = secrets.filter(({ metadata }) => namespace === '' || metadata.namespace === namespace)
    if (name === undefined) return { metadata: {}, items: own.map(({ metadata }) => ({ metadata })) } as Answer
    return own.find(({ metadata }) => metadata.name === name) as Answer
  },
  stream: () => Promise.reject(new Error('not used here')),
  socket: () => Promise.reject(new Error('not used here')),
  close: async () => undefined,
})

it('releases come in the order of their first install, each with its last deployed revision', async () => {
  const client = clusterWith([
    secret('b', 'late', 1, 'deployed', await recordOf('late', '2026-01-02T10:00:00+02:00')),
    secret('a', 'early', 1, 'superseded', await recordOf('early', '2026-01-01T10:00:00Z')),
    secret('a', 'early', 2, 'deployed', await recordOf('early', '2026-01-01T10:00:00Z', { config: { size: 2 } })),
    secret('a', 'stuck', 1, 'deployed', await recordOf('stuck', '')),
    secret('a', 'stuck', 2, 'pending-upgrade', ''),
    secret('a', 'damaged', 1, 'deployed', 'bm9uZQ=='),
  ])
  const { releases, unread } = await readInstalledReleases(client, [], signal)
  expect(releases.map(({ namespace, name, installedAt, values }) => [namespace, name, installedAt, values])).toEqual([
    ['a', 'early', '2026-01-01T10:00:00.000Z', { size: 2 }],
    ['b', 'late', '2026-01-02T08:00:00.000Z', { size: 1 }],
  ])
  expect(unread).toEqual([
    { place: 'a/stuck', text: 'pending-upgrade', why: 'Its last revision is not deployed.' },
    { place: 'a/sh.helm.release.v1.damaged.v1', text: 'damaged', why: 'Helm’s record cannot be read.' },
  ])
})

it('a missing permission is named, and what may be read is read', async () => {
  const secrets = [secret('a', 'one', 1, 'deployed', await recordOf('one', ''))]
  const everywhere = readInstalledReleases(clusterWith(secrets, ['']), [], signal)
  await expect(everywhere).rejects.toMatchObject({
    code: 'CLUSTER_FORBIDDEN',
    message: expect.stringMatching(/"list" and "get" of "secrets"\) in all namespaces is not permitted/),
  })
  const { releases, unread } = await readInstalledReleases(clusterWith(secrets, ['', 'b']), ['a', 'b'], signal)
  expect(releases.map(({ name }) => name)).toEqual(['one'])
  expect(unread).toEqual([{ place: 'namespace b', text: 'secrets', why: 'This user may not list Secrets in it.' }])
  await expect(readInstalledReleases(clusterWith(secrets, ['', 'b']), ['b'], signal)).rejects.toBeInstanceOf(Problem)
})

it('of a release only the last revision counts', () => {
  const revision = (version: number, status: string) => secret('n', 'one', version, status, '')
  const unread: { place: string; text: string; why: string }[] = []
  const found = deployedRecords([revision(10, 'deployed'), revision(9, 'superseded')], unread)
  expect(found.map((each) => each.secret)).toEqual(['sh.helm.release.v1.one.v10'])
  expect(deployedRecords([revision(10, 'failed'), revision(9, 'deployed')], unread)).toEqual([])
})
