import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { deleteObject, getObject } from '../../main/lib/kubernetes/objects.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { until } from '../bed/until.ts'
import { skipReason } from '../bed/with-bed.ts'
import { exists, helm, revisions } from './cluster.ts'
import { useInstallBed } from './install-bed.ts'
import { chartsFolder, type InstallSetup, planeId, profileOf, runOperation, type TestHangar } from './setup.ts'

const reason = skipReason('simulated')
const limit = (seconds = 60) => AbortSignal.timeout(seconds * 1_000)

/** Changes part of an object, as the program of that name would. */
const patch = (client: KubernetesClient, path: string, manager: string, body: JsonObject) =>
  client.request(
    'PATCH',
    path,
    { query: { fieldManager: manager }, body, contentType: 'application/merge-patch+json' },
    limit(),
  )

describe.skipIf(reason !== '')(`drift of an installed plane ${reason}`, () => {
  const on = useInstallBed('drift', { pods: 'simulated' })

  const setupOf = (name: string, releases: readonly string[], more: Partial<InstallSetup> = {}): InstallSetup => ({
    ...on.setup(
      name,
      profileOf(name, {
        releases: releases.map((release) => ({
          name: release,
          namespace: name,
          chart: { path: 'drifting' },
          timeoutSeconds: 30,
        })),
      }),
    ),
    ...more,
  })

  const planOf = ({ install }: TestHangar, action: 'install' | 'uninstall' = 'install') =>
    install.plan(planeId, action, limit())

  const deploymentPath = (namespace: string, name: string) =>
    `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`
  const replicas = async (client: KubernetesClient, namespace: string, name: string): Promise<unknown> =>
    (
      (await getObject(client, { apiVersion: 'apps/v1', kind: 'Deployment' }, { namespace, name }, limit()))
        ?.spec as JsonObject
    )?.replicas

  it('is found and repaired, and not seen in what controllers do', async () => {
    const name = 'plane-a'
    const hangar = await on.open(setupOf(name, [name]))
    const { client } = hangar

    const installed = await runOperation(hangar, 'install', limit(120))
    await until(
      'two replicas by the autoscaler',
      async () => (await replicas(client, name, 'scaled')) === 2,
      40_000,
      limit(),
    )
    const webhooks = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'
    const webhook = await client.request<{ webhooks: JsonObject[] }>('GET', `${webhooks}/${name}`, {}, limit())
    const caBundle = Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64')
    await client.request(
      'PUT',
      `${webhooks}/${name}`,
      {
        query: { fieldManager: 'cainjector' },
        body: {
          ...webhook,
          webhooks: webhook.webhooks.map((each) => ({
            ...each,
            clientConfig: { ...(each.clientConfig as JsonObject), caBundle },
          })),
        },
      },
      limit(),
    )
    const quiet = await planOf(hangar)

    await deleteObject(client, { apiVersion: 'v1', kind: 'ConfigMap' }, { namespace: name, name: 'words' }, {}, limit())
    await patch(client, `${deploymentPath(name, name)}/scale`, 'kubectl', { spec: { replicas: 3 } })
    const secret = `/api/v1/namespaces/${name}/secrets/generated`
    await patch(client, secret, 'kubectl-edit', { data: { token: Buffer.from('other').toString('base64') } })
    const drifted = await planOf(hangar)
    const repaired = await runOperation(hangar, 'install', limit(120))
    const after = await planOf(hangar)

    expect(installed.problem).toBeUndefined()
    expect(quiet.steps).toEqual([expect.objectContaining({ kind: 'keep', notes: [] })])
    expect(drifted.steps.map(({ kind }) => kind)).toEqual(['helm-repair', 'verify'])
    expect(drifted.steps[0]?.changes).toEqual([
      expect.objectContaining({
        object: { kind: 'Secret', namespace: name, name: 'generated' },
        fields: [
          {
            path: 'data.token',
            before: null,
            after: null,
            hidden: true,
            managers: ['kubectl-edit'],
          },
        ],
      }),
      expect.objectContaining({ object: { kind: 'ConfigMap', namespace: name, name: 'words' }, change: 'create' }),
      expect.objectContaining({
        object: { kind: 'Deployment', namespace: name, name },
        fields: [{ path: 'spec.replicas', before: '3', after: '1', hidden: false, managers: ['kubectl (scale)'] }],
      }),
    ])
    expect(drifted.losses.map(({ id }) => id).toSorted()).toEqual([
      `overwrite:${name}/Deployment/${name}/${name}`,
      `overwrite:${name}/Deployment/${name}/scaled`,
      `overwrite:${name}/Secret/${name}/generated`,
      `overwrite:${name}/ValidatingWebhookConfiguration/${name}`,
    ])
    expect(repaired.problem).toBeUndefined()
    expect(await exists(client, 'ConfigMap', 'words', name)).toBe(true)
    expect(await replicas(client, name, name)).toBe(1)
    expect(after.steps.map(({ kind }) => kind)).toEqual(['keep'])
    expect(await revisions(client, name, name)).toEqual(['1 superseded', '2 deployed'])
  }, 200_000)

  it('is not seen in the demo plane right after its install, nor in the credentials that it writes', async () => {
    const namespace = 'plane-demo'
    const host = 'servers.hangar.test'
    const ca = '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n'
    const parts = ['foundation', 'flux', 'integrations', 'agent', 'adaptors']
    const releases = parts.map((part) => ({
      name: `plane-${part}`,
      namespace,
      chart: { path: `plane-${part}` },
      timeoutSeconds: 60,
    }))
    const credentials = [
      {
        id: 'key',
        title: 'Key',
        secret: { name: 'key', namespaces: [namespace] },
        keys: [{ key: 'token', title: 'Token' }],
      },
    ]
    const hangar = await on.open(
      setupOf(namespace, [], {
        profile: profileOf(namespace, { releases, credentials }),
        charts: join(import.meta.dirname, '../../assets/charts'),
        overrides: {
          'plane-foundation': {
            servers: { ca },
            registry: { host, storage: { enabled: false } },
            keyVault: { host },
            dnsService: { host },
            acme: { host },
          },
          'plane-agent': { servers: { ca }, controlPlane: { host } },
          'plane-adaptors': { servers: { ca }, globalAdaptor: { host }, serviceBus: { host }, eventHub: { host } },
        },
        secrets: { 'key/token': 'value' },
      }),
    )

    const installed = await runOperation(hangar, 'install', limit(200))
    const quiet = await planOf(hangar)
    const secret = `/api/v1/namespaces/${namespace}/secrets/key`
    await patch(hangar.client, secret, 'kubectl-edit', { data: { token: Buffer.from('other').toString('base64') } })
    const edited = await planOf(hangar)
    await runOperation(hangar, 'install', limit(200))

    expect(installed.problem).toBeUndefined()
    expect(quiet.steps.map(({ kind, title, notes }) => [kind, title, notes])).toEqual([
      ['keep', 'Keep Secret key', []],
      ...parts.map((part) => ['keep', `Keep plane-${part}`, []]),
    ])
    expect(edited.steps.filter(({ kind }) => kind !== 'keep').map(({ kind }) => kind)).toEqual(['secret', 'verify'])
    expect(edited.steps[0]?.notes).toEqual(['Changed since Hangar wrote it: token (kubectl-edit).'])
    expect((await planOf(hangar)).steps.every(({ kind }) => kind === 'keep')).toBe(true)
  }, 300_000)

  it('by a helm upgrade of another helm is found, and repaired', async () => {
    const name = 'plane-b'
    const setup = setupOf(name, [name])
    const hangar = await on.open(setup)
    await runOperation(hangar, 'install', limit(120))

    const chart = join(chartsFolder, 'drifting')
    await helm(setup, 'upgrade', name, chart, '--namespace', name, '--set', 'greeting=bye')
    const drifted = await planOf(hangar)
    await runOperation(hangar, 'install', limit(120))
    const after = await planOf(hangar)

    expect(drifted.steps[0]).toMatchObject({
      kind: 'helm-repair',
      notes: expect.arrayContaining(['Another helm wrote revision 2, from drifting-0.1.0; Hangar wrote revision 1.']),
      changes: expect.arrayContaining([
        expect.objectContaining({
          object: { kind: 'ConfigMap', namespace: name, name: 'words' },
          fields: [{ path: 'data.greeting', before: 'bye', after: 'hello', hidden: false, managers: [] }],
        }),
      ]),
    })
    expect(after.steps.map(({ kind }) => kind)).toEqual(['keep'])
    expect((await revisions(hangar.client, name, name)).at(-1)).toBe('3 deployed')
  }, 200_000)

  it('of a field that cannot change is repaired by creating the object again, with consent', async () => {
    const name = 'plane-c'
    const hangar = await on.open(setupOf(name, [name]))
    await runOperation(hangar, 'install', limit(120))
    const changed = await on.open(setupOf(name, [name], { overrides: { [name]: { job: 'two' } } }))

    const plan = await planOf(changed)
    const upgraded = await runOperation(changed, 'install', limit(120))

    expect(plan.steps[0]?.changes).toContainEqual(
      expect.objectContaining({ object: { kind: 'Job', namespace: name, name: 'once' }, change: 'recreate' }),
    )
    expect(plan.losses.map(({ id }) => id)).toContain(`recreate:${name}/Job/${name}/once`)
    expect(upgraded.problem).toBeUndefined()
    expect((await planOf(changed)).steps.map(({ kind }) => kind)).toEqual(['keep'])
  }, 200_000)

  it('of the profile: a release that it no longer has is removed by an update, with consent', async () => {
    const name = 'plane-d'
    const chart = { path: 'small' }
    const releases = [name, 'dropped'].map((release) => ({ name: release, namespace: name, chart }))
    const both = setupOf(name, [], { profile: profileOf(name, { releases }) })
    await runOperation(await on.open(both), 'install', limit(120))
    const hangar = await on.open({ ...both, profile: profileOf(name, { releases: releases.slice(0, 1) }) })

    const plan = await planOf(hangar)
    const started = hangar.install.start({ planeId, action: 'install', digest: plan.digest }, limit())
    await expect(started).rejects.toMatchObject({ code: 'LOSS_NOT_ACCEPTED' })
    const updated = await runOperation(hangar, 'install', limit(120))

    expect(plan.steps.map(({ id, kind }) => `${kind} ${id}`)).toEqual([
      `helm-uninstall dropped:${name}/dropped`,
      `keep release:${name}`,
      'verify verify',
    ])
    expect(plan.losses.map(({ id }) => id)).toEqual([`release:${name}/dropped`])
    expect(updated.problem).toBeUndefined()
    expect(await revisions(hangar.client, name, 'dropped')).toEqual([])
    expect((await planOf(hangar)).steps.map(({ kind }) => kind)).toEqual(['keep'])
  }, 200_000)

  it('of the profile: a release that it no longer has stays where that is chosen, and is no part of the plane', async () => {
    const name = 'plane-f'
    const chart = { path: 'small' }
    const releases = [name, 'kept'].map((release) => ({ name: release, namespace: name, chart }))
    const both = setupOf(name, [], { profile: profileOf(name, { releases }) })
    await runOperation(await on.open(both), 'install', limit(120))
    const hangar = await on.open({ ...both, profile: profileOf(name, { releases: releases.slice(0, 1) }) })

    const { digest, ways } = await planOf(hangar)
    const acceptedLosses = ways.filter(({ kind }) => kind === 'keep').map(({ id }) => id)
    expect(acceptedLosses).toEqual([`keep:${name}/kept`])
    const { id } = await hangar.install.start({ planeId, action: 'install', digest, acceptedLosses }, limit())
    expect((await hangar.operations.ended(id, limit(120))).problem).toBeUndefined()

    expect(await revisions(hangar.client, name, 'kept')).toEqual(['1 deployed'])
    expect((await planOf(hangar)).steps.map(({ kind }) => kind)).toEqual(['keep'])
    const removal = await hangar.install.plan(planeId, 'uninstall', limit())
    expect(removal.steps.filter(({ release }) => release === 'kept')).toEqual([])
  }, 200_000)

  it('of the profile: a release that it no longer has, in a namespace of its own, goes with an uninstall', async () => {
    const name = 'plane-e'
    const other = `${name}-past`
    const chart = { path: 'small' }
    const releases = [
      { name, namespace: name, chart },
      { name: 'past', namespace: other, chart },
    ]
    await runOperation(
      await on.open(setupOf(name, [], { profile: profileOf(name, { releases }) })),
      'install',
      limit(120),
    )
    const hangar = await on.open(setupOf(name, [], { profile: profileOf(name, { releases: releases.slice(0, 1) }) }))

    const removed = await runOperation(hangar, 'uninstall', limit(120))

    expect(removed.problem).toBeUndefined()
    expect(await exists(hangar.client, 'Namespace', name)).toBe(false)
    expect(await exists(hangar.client, 'Namespace', other)).toBe(false)
  }, 200_000)
})
