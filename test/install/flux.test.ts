import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { kinds } from '../../main/install/observe/kinds.ts'
import { getObject } from '../../main/lib/kubernetes/objects.ts'
import { buildHelm } from '../../scripts/build-helm.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { type Sources, serveSources } from '../bed/source.ts'
import { skipReason } from '../bed/with-bed.ts'
import { exists, revisions } from './cluster.ts'
import { carryOut, chartsFolder, type Opened, openPlace, type Place, planeId, profileOf } from './place.ts'

const reason = skipReason('real')
const limit = (seconds = 150) => AbortSignal.timeout(seconds * 1_000)

describe.skipIf(reason !== '')(`a release that Flux installs ${reason}`, () => {
  let bed: Bed
  let sources: Sources
  let helm: string
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-flux-'))
    helm = await buildHelm()
    bed = await startBed({ dns: false, storage: false, flux: 'controller' }, AbortSignal.timeout(280_000))
    sources = await serveSources(bed, chartsFolder, new AbortController().signal)
  }, 290_000)
  afterAll(async () => {
    await sources?.close()
    await bed?.down()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  function placeOf(name: string, via: 'helm' | 'flux', more: Partial<Place> = {}): Place {
    const source = { url: 'oci://charts.hangar.test/small' }
    const release = { name, namespace: name, chart: { path: 'small' }, timeoutSeconds: 20, via }
    const profile = profileOf(name, { releases: [via === 'flux' ? { ...release, source } : release] })
    return {
      kubeconfig: bed.kubeconfig,
      context: bed.name,
      home: join(folder, `${name}-${via}`),
      helm,
      profile,
      ...more,
    }
  }

  async function opened(place: Place): Promise<Opened> {
    const found = await openPlace(place)
    onTestFinished(() => found.close())
    return found
  }

  it('is installed by Flux, found as wanted, and uninstalled by Flux', async () => {
    const found = await opened(placeOf('by-flux', 'flux'))

    const plan = await found.install.plan(planeId, 'install', limit())
    const installed = await carryOut(found, 'install', limit())
    const again = await found.install.plan(planeId, 'install', limit())
    const history = await revisions(found.client, 'by-flux', 'by-flux')
    const removed = await carryOut(found, 'uninstall', limit())

    expect(plan.steps.map(({ kind }) => kind)).toEqual(['namespace', 'flux-apply', 'verify'])
    expect(installed.problem).toBeUndefined()
    expect(again.steps.map(({ kind }) => kind)).toEqual(['keep'])
    expect(history).toEqual(['1 deployed'])
    expect(removed.problem).toBeUndefined()
    expect(await exists(found.client, 'Namespace', 'by-flux')).toBe(false)
  })

  it('that fails says why, and is tried again on resume', async () => {
    const image = '127.0.0.1:1/late-flux:1'
    const found = await opened(placeOf('fails', 'flux', { overrides: { fails: { image } } }))

    const failed = await carryOut(found, 'install', limit())
    await bed.importImage(image, [
      { path: 'bin/busybox', source: '/bin/busybox' },
      { path: 'bin/sh', link: 'busybox' },
      { path: 'bin/sleep', link: 'busybox' },
    ])
    await found.operations.resume(failed.id)
    const resumed = await found.operations.ended(failed.id, limit())

    expect(failed).toMatchObject({ state: 'failed', problem: { code: 'HELM_FAILED' } })
    expect(failed.problem?.message).toMatch(/Flux could not install fails: InstallFailed/)
    expect(failed.problem?.evidence).toContain('Deployment fails')
    expect(resumed.problem).toBeUndefined()
    expect(resumed.state).toBe('done')
  })

  it('that helm installed before is taken over with its pods', async () => {
    const before = await opened(placeOf('handed', 'helm'))
    expect(await carryOut(before, 'install', limit())).toMatchObject({ state: 'done' })
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment' }
    const at = { namespace: 'handed', name: 'handed' }
    const old = await getObject(before.client, deployment, at, limit())
    const after = await opened(placeOf('handed', 'flux'))

    const plan = await after.install.plan(planeId, 'install', limit())
    const handed = await carryOut(after, 'install', limit())

    expect(plan.steps[0]?.notes.join()).toContain('takes over')
    expect(handed.problem).toBeUndefined()
    const now = await getObject(after.client, deployment, at, limit())
    expect(now?.metadata.uid).toBe(old?.metadata.uid)
    expect(now?.metadata.generation).toBe(old?.metadata.generation)
    expect(await revisions(after.client, 'handed', 'handed')).toEqual(['1 superseded', '2 deployed'])
    const release = await getObject(after.client, kinds.helmRelease, at, limit())
    expect(release?.spec).toMatchObject({ releaseName: 'handed', storageNamespace: 'handed' })
  })
})
