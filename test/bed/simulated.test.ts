import { Resolver } from 'node:dns/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiOf } from './access.ts'
import type { Api } from './api.ts'
import { type Bed, findBed, startBed } from './bed.ts'
import { until } from './until.ts'
import { shellPod, skipReason } from './with-bed.ts'

const reason = skipReason('simulated')
const limit = () => AbortSignal.timeout(60_000)

describe.skipIf(reason !== '')(`a simulated bed ${reason}`, () => {
  let bed: Bed
  let api: Api

  beforeAll(async () => {
    const starting = new AbortController()
    bed = await startBed({ pods: 'simulated', flux: 'crds' }, starting.signal)
    // The signal covers only the start: the bed must run for all tests below.
    starting.abort()
    api = await apiOf(bed)
  })
  afterAll(() => bed?.down())

  it('runs 200 pods on added nodes', async () => {
    const names = await bed.addSimulatedNodes(3)
    const template = shellPod('crowd', 'sleep 1000')
    await api.apply(
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'crowd', namespace: 'default' },
        spec: {
          replicas: 200,
          selector: { matchLabels: { app: 'crowd' } },
          template: { metadata: template.metadata, spec: { containers: [{ name: 'main', image: 'any' }] } },
        },
      },
      limit(),
    )

    await until(
      '200 running pods',
      async () => {
        const pods = await api.list('/api/v1/namespaces/default/pods', limit())
        return pods.filter(({ status }) => status?.phase === 'Running').length === 200
      },
      60_000,
      limit(),
    )

    expect(names).toEqual(['simulated-2', 'simulated-3', 'simulated-4'])
  })

  it('binds a claim and removes the volume with it', async () => {
    const path = '/api/v1/namespaces/default/persistentvolumeclaims/data'
    await api.apply(
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data', namespace: 'default' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
      limit(),
    )
    await until('A bound claim', async () => (await api.get(path, limit())).status?.phase === 'Bound', 20_000, limit())

    await api.remove(path, limit())

    const volumes = async () => (await api.list('/api/v1/persistentvolumes', limit())).length
    await until('No volumes', async () => (await volumes()) === 0, 20_000, limit())
  })

  it('answers added names with their latest address, and other names with NXDOMAIN', async () => {
    const resolver = new Resolver({ timeout: 2_000, tries: 1 })
    resolver.setServers([`${bed.resolver.address}:${bed.resolver.port}`])

    await bed.addHostNames({ 'vault.example.test': '127.0.0.2' })
    await bed.addHostNames({ 'vault.example.test': '127.0.0.3', 'bus.example.test': '127.0.0.4' })

    expect(await resolver.resolve4('vault.example.test')).toEqual(['127.0.0.3'])
    expect(await resolver.resolve4('bus.example.test')).toEqual(['127.0.0.4'])
    await expect(resolver.resolve4('nowhere.example.test')).rejects.toMatchObject({ code: 'ENOTFOUND' })
  })

  it('is controlled by another process through its name: the API server stops and starts', async () => {
    const found = await findBed(bed.name)

    await found?.stopApiServer()
    await expect(api.read('/readyz', limit())).rejects.toThrow(/ECONNREFUSED/)
    await found?.startApiServer()

    expect(await api.read('/readyz', limit())).toBe('ok')
  })

  it("serves Flux's custom resources", async () => {
    const path = '/apis/helm.toolkit.fluxcd.io/v2/helmreleases'

    // Right after its start the API server may not have read the definitions yet.
    expect(await until('The kind', () => api.list(path, limit()), 10_000, limit())).toEqual([])
  })

  it('rejects an invalid name and says which are valid', async () => {
    await expect(startBed({ pods: 'simulated', name: 'No Good' }, limit())).rejects.toThrow(/lower-case letters/)
    await expect(startBed({ pods: 'simulated', name: bed.name }, limit())).rejects.toThrow(/already a bed named/)
  })
})
