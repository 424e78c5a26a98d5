import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kinds } from '../../main/install/observe/kinds.ts'
import { getObject } from '../../main/lib/kubernetes/objects.ts'
import { type Sources, serveSources } from '../bed/source.ts'
import { skipReason } from '../bed/with-bed.ts'
import { exists, revisions } from './cluster.ts'
import { useInstallBed } from './install-bed.ts'
import { chartsFolder, type InstallSetup, planeId, profileOf, runOperation } from './setup.ts'

const reason = skipReason('real')
const limit = (seconds = 150) => AbortSignal.timeout(seconds * 1_000)

describe.skipIf(reason !== '')(`a release that Flux installs ${reason}`, () => {
  const on = useInstallBed('flux', { flux: 'controller' })
  let sources: Sources
  beforeAll(async () => {
    sources = await serveSources(on.bed, chartsFolder, new AbortController().signal)
  })
  afterAll(() => sources?.close())

  function setupOf(name: string, via: 'helm' | 'flux', more: Partial<InstallSetup> = {}): InstallSetup {
    const source = { url: 'oci://charts.hangar.test/small' }
    const release = { name, namespace: name, chart: { path: 'small' }, timeoutSeconds: 20, via }
    const profile = profileOf(name, { releases: [via === 'flux' ? { ...release, source } : release] })
    return { ...on.setup(`${name}-${via}`, profile), ...more }
  }

  it('is installed by Flux, is then up to date, and is uninstalled by Flux', async () => {
    const hangar = await on.open(setupOf('by-flux', 'flux'))

    const plan = await hangar.install.plan(planeId, 'install', limit())
    const installed = await runOperation(hangar, 'install', limit())
    const again = await hangar.install.plan(planeId, 'install', limit())
    const history = await revisions(hangar.client, 'by-flux', 'by-flux')
    const removed = await runOperation(hangar, 'uninstall', limit())

    expect(plan.steps.map(({ kind }) => kind)).toEqual(['namespace', 'flux-apply', 'verify'])
    expect(installed.problem).toBeUndefined()
    expect(again.steps.map(({ kind }) => kind)).toEqual(['keep'])
    expect(history).toEqual(['1 deployed'])
    expect(removed.problem).toBeUndefined()
    expect(await exists(hangar.client, 'Namespace', 'by-flux')).toBe(false)
  })

  it('reports why it failed, and is retried on resume', async () => {
    const image = '127.0.0.1:1/missing-flux:1'
    const hangar = await on.open(setupOf('fails', 'flux', { overrides: { fails: { image } } }))

    const failed = await runOperation(hangar, 'install', limit())
    await on.bed.importImage(image, [
      { path: 'bin/busybox', source: '/bin/busybox' },
      { path: 'bin/sh', link: 'busybox' },
      { path: 'bin/sleep', link: 'busybox' },
    ])
    await hangar.operations.resume(failed.id)
    const resumed = await hangar.operations.ended(failed.id, limit())

    expect(failed).toMatchObject({ state: 'failed', problem: { code: 'HELM_FAILED' } })
    expect(failed.problem?.message).toMatch(/Flux could not install fails: InstallFailed/)
    expect(failed.problem?.evidence).toContain('Deployment fails')
    expect(resumed.problem).toBeUndefined()
    expect(resumed.state).toBe('done')
  })

  it('takes over a release of helm without restarting its pods', async () => {
    const before = await on.open(setupOf('migrated', 'helm'))
    expect(await runOperation(before, 'install', limit())).toMatchObject({ state: 'done' })
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment' }
    const at = { namespace: 'migrated', name: 'migrated' }
    const old = await getObject(before.client, deployment, at, limit())
    const after = await on.open(setupOf('migrated', 'flux'))

    const plan = await after.install.plan(planeId, 'install', limit())
    const migrated = await runOperation(after, 'install', limit())

    expect(plan.steps[0]?.notes.join()).toContain('takes over')
    expect(migrated.problem).toBeUndefined()
    const now = await getObject(after.client, deployment, at, limit())
    expect(now?.metadata.uid).toBe(old?.metadata.uid)
    expect(now?.metadata.generation).toBe(old?.metadata.generation)
    expect(await revisions(after.client, 'migrated', 'migrated')).toEqual(['1 superseded', '2 deployed'])
    const release = await getObject(after.client, kinds.helmRelease, at, limit())
    expect(release?.spec).toMatchObject({ releaseName: 'migrated', storageNamespace: 'migrated' })
  })
})
