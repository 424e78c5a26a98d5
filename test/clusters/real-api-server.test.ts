import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClusters } from '../../main/clusters/clusters.ts'
import { applyObject } from '../../main/lib/kubernetes/apply.ts'
import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { isConflict, isInvalid } from '../../main/lib/kubernetes/failure.ts'
import { createObject, deleteObject, getObject, listObjects } from '../../main/lib/kubernetes/objects.ts'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { findResource, type KubernetesObject } from '../../main/lib/kubernetes/resources.ts'
import { type Change, reflect } from '../../main/lib/kubernetes/watch.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { skipReason } from '../bed/with-bed.ts'

const reason = skipReason('simulated')
const soon = () => AbortSignal.timeout(20_000)
const configMap = (name: string, data: Record<string, string>, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels },
  data,
})
const configMaps = { apiVersion: 'v1', kind: 'ConfigMap' }

describe.skipIf(reason !== '')(`against a real API server ${reason}`, () => {
  let bed: Bed
  let client: KubernetesClient

  beforeAll(async () => {
    bed = await startBed({ pods: 'simulated' }, AbortSignal.timeout(110_000))
    client = await openCluster({ files: [bed.kubeconfig], contextName: bed.name, environment: {} })
  }, 120_000)
  afterAll(async () => {
    await client?.close()
    await bed?.down()
  }, 60_000)

  it('applies its own fields, and takes over those of others only by force', async () => {
    const made = await applyObject(client, configMap('shared', { ours: '1' }), {}, soon())
    expect(made.metadata.uid).toMatch(/-/)
    const other = { query: { fieldManager: 'other', force: true }, contentType: 'application/apply-patch+yaml' }
    const path = '/api/v1/namespaces/default/configmaps/shared'
    await client.request('PATCH', path, { ...other, body: configMap('shared', { ours: 'theirs', more: '2' }) }, soon())

    const conflict = await applyObject(client, configMap('shared', { ours: '3' }), {}, soon()).catch(
      (error: unknown) => error,
    )
    expect(isConflict(conflict)).toBe(true)
    expect(conflict).toMatchObject({ message: expect.stringContaining('other') })

    const tried = await applyObject(client, configMap('shared', { ours: '3' }), { force: true, dryRun: true }, soon())
    expect(tried.data).toEqual({ ours: '3', more: '2' })
    expect((await getObject(client, configMaps, { namespace: 'default', name: 'shared' }, soon()))?.data).toMatchObject(
      { ours: 'theirs' },
    )
    const forced = await applyObject(client, configMap('shared', { ours: '3' }), { force: true }, soon())
    expect(forced.data).toEqual({ ours: '3', more: '2' })
  })

  it('reports which field is invalid', async () => {
    const broken = { ...configMap('broken', {}), metadata: { name: 'Not a name', namespace: 'default' } }

    const failure = await applyObject(client, broken, {}, soon()).catch((error: unknown) => error)

    expect(isInvalid(failure)).toBe(true)
    expect(failure).toMatchObject({ code: 'CLUSTER_REFUSED', message: expect.stringContaining('metadata.name') })
  })

  it('lists more than a page, by label, and deletes once', async () => {
    const names = Array.from({ length: 620 }, (_none, index) => `many-${index}`)
    for (let at = 0; at < names.length; at += 40) {
      const some = names.slice(at, at + 40)
      await Promise.all(some.map((name) => createObject(client, configMap(name, {}, { of: 'many' }), soon())))
    }

    const found = await listObjects(client, configMaps, { namespace: 'default', labelSelector: 'of=many' }, soon())

    expect(found.map(({ metadata }) => metadata.name).toSorted()).toEqual(names.toSorted())
    expect(found[0]).toMatchObject(configMaps)
    const name = { namespace: 'default', name: 'many-0' }
    expect(await deleteObject(client, configMaps, name, {}, soon())).toBe(true)
    expect(await deleteObject(client, configMaps, name, {}, soon())).toBe(false)
    expect(await getObject(client, configMaps, name, soon())).toBeUndefined()
  })

  it('finds a kind once its definition is installed, and not before', async () => {
    const widget = { apiVersion: 'hangar.test/v1', kind: 'Widget' }
    await expect(findResource(client, widget, soon())).rejects.toMatchObject({ code: 'KIND_UNKNOWN' })
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.hangar.test' },
      spec: {
        group: 'hangar.test',
        scope: 'Namespaced',
        names: { plural: 'widgets', kind: 'Widget' },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    }
    await applyObject(client, definition, {}, soon())

    await expect
      .poll(() => findResource(client, widget, soon()).catch(() => undefined), { timeout: 15_000 })
      .toEqual({
        ...widget,
        plural: 'widgets',
        namespaced: true,
        verbs: expect.arrayContaining(['get', 'list', 'watch']),
      })
    const made = await applyObject(
      client,
      { ...widget, metadata: { name: 'w', namespace: 'default' }, size: 3 },
      {},
      soon(),
    )
    expect(made.size).toBe(3)
  })

  it('reviews whether an action is permitted', async () => {
    const review = await createObject<KubernetesObject & { status: { allowed: boolean } }>(
      client,
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'create', resource: 'secrets', namespace: 'default' } },
      },
      soon(),
    )

    expect(review.status.allowed).toBe(true)
  })

  it('follows changes across a stop of the API server: stale, then live, and nothing missed', async () => {
    const type = await findResource(client, configMaps, soon())
    const stop = new AbortController()
    const changes: string[] = []
    const said = (change: Change): string =>
      change.kind === 'one' ? `${change.type} ${change.object.metadata.name}` : change.kind
    const following = (async () => {
      const options = { namespace: 'default', labelSelector: 'of=watch', backoffMs: 100 }
      for await (const change of reflect(client, type, options, stop.signal)) changes.push(said(change))
    })().catch((error: unknown) => error)
    const seen = (change: string) => expect.poll(() => changes, { timeout: 30_000 }).toContain(change)
    const watched = (name: string) => applyObject(client, configMap(name, {}, { of: 'watch' }), {}, soon())

    await seen('live')
    await watched('before')
    await seen('added before')
    await bed.stopApiServer()
    await seen('stale')
    await bed.startApiServer()
    await watched('after')
    await seen('added after')
    expect(changes.indexOf('live', changes.lastIndexOf('stale'))).toBeGreaterThan(-1)

    stop.abort(new Error('enough'))
    expect(await following).toMatchObject({ message: 'enough' })
  }, 120_000)

  it('reports the version in a probe, and the problem once the server has stopped', async () => {
    const clusters = createClusters({ kubeconfigFiles: [bed.kubeconfig], shell: '' })
    const { contexts } = await clusters.contexts()
    const contextId = contexts.find(({ name }) => name === bed.name)?.id ?? ''

    expect(await clusters.probe({ contextId }, soon())).toMatchObject({
      reachable: true,
      version: expect.stringMatching(/^v1\./),
    })
    await bed.stopApiServer()
    expect(await clusters.probe({ contextId }, soon())).toMatchObject({
      reachable: false,
      problem: { code: 'CLUSTER_UNREACHABLE' },
    })
    await bed.startApiServer()
    await clusters.close()
  }, 60_000)
})
