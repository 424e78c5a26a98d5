import { describe, expect, it } from 'vitest'
import { Problem } from '../../../../preload/contract/problem.ts'
import { claimsOf } from '../rules/claims.ts'
import { placed } from '../sample.ts'
import { compareDeprecations, deprecations } from './api-deprecated.ts'
import { apiReach } from './api-reach.ts'
import { chartsRender } from './charts-render.ts'
import { compareClocks } from './clock-skew.ts'
import { helmSelf } from './helm-self.ts'
import { rbacCreate } from './rbac-create.ts'
import { rbacEscalate } from './rbac-escalate.ts'
import { settingsValid } from './settings-valid.ts'
import { compareAccessModes } from './storage-access-modes.ts'
import { compareProvisioners } from './storage-provisioner.ts'

describe('api.deprecated', () => {
  const budget = (apiVersion: string) => [placed({ apiVersion, kind: 'PodDisruptionBudget', metadata: { name: 'p' } })]
  it.each([
    ['policy/v1', 'v1.36.0', 'pass'],
    ['policy/v1beta1', 'v1.25.0', 'fail'],
    ['policy/v1beta1', 'v1.24.9', 'warn'],
    ['policy/v1beta1', 'v1.20.0', 'pass'],
  ])('%s with %s: %s', (apiVersion, version, verdict) => {
    expect(compareDeprecations(budget(apiVersion), version).verdict).toBe(verdict)
  })

  it('names what to use instead', () => {
    expect(compareDeprecations(budget('policy/v1beta1'), 'v1.30.0').evidence).toBe(
      'one: PodDisruptionBudget of policy/v1beta1, removed in 1.25; use policy/v1',
    )
  })

  it('has no entry that another one hides', () => {
    const open = deprecations.filter(({ kinds }) => kinds === undefined).map(({ apiVersion }) => apiVersion)
    for (const [index, { apiVersion }] of deprecations.entries()) {
      const hidden = deprecations
        .slice(0, index)
        .some((each) => each.apiVersion === apiVersion && open.includes(apiVersion) && each.kinds === undefined)
      expect(hidden, apiVersion).toBe(false)
    }
  })
})

describe('clock.skew', () => {
  const serverMs = Date.parse('2026-01-01T12:00:00Z')
  const lease = (renewTime: string) => [{ metadata: { name: 'node-1' }, spec: { renewTime } }]
  it.each([
    ['equal', serverMs, lease('2026-01-01T12:00:00.000000Z'), 'pass'],
    ['this computer 2 minutes ahead', serverMs + 120_000, [], 'fail'],
    ['this computer 2 minutes behind', serverMs - 120_000, [], 'fail'],
    ['a node 5 minutes ahead', serverMs, lease('2026-01-01T12:05:00.000000Z'), 'fail'],
    ['a Lease that was not renewed, which is no clock', serverMs, lease('2026-01-01T11:00:00.000000Z'), 'pass'],
    ['Leases that cannot be read', serverMs, undefined, 'pass'],
  ] as const)('%s', (_, nowMs, leases, verdict) => {
    expect(compareClocks({ serverMs, nowMs }, leases).verdict).toBe(verdict)
  })
})

describe('storage', () => {
  const claim = (storageClassName: string | undefined, accessModes = ['ReadWriteOnce']) =>
    claimsOf([
      placed({ kind: 'PersistentVolumeClaim', metadata: { name: 'd' }, spec: { storageClassName, accessModes } }),
    ])
  const storageClass = (name: string, provisioner: string, isDefault = false) => ({
    metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': String(isDefault) } },
    provisioner,
  })
  const gp2 = storageClass('gp2', 'kubernetes.io/aws-ebs', true)
  const ebs = { metadata: { name: 'ebs.csi.aws.com' } }
  it.each([
    ['the driver of the default class', claim(undefined), [gp2], [ebs], 'pass'],
    ['no driver, as in a new EKS cluster', claim(undefined), [gp2], [], 'fail'],
    ['a provisioner that registers nothing', claim('p'), [storageClass('p', 'rancher.io/local-path')], [], 'pass'],
    ['a CSI driver that is missing', claim('n'), [storageClass('n', 'nfs.csi.k8s.io')], [ebs], 'fail'],
    ['volumes that a person creates', claim('l'), [storageClass('l', 'kubernetes.io/no-provisioner')], [], 'warn'],
    ['a class that storage.default reports', claim('none'), [gp2], [], 'pass'],
    ['no claims', [], [gp2], [], 'skipped'],
  ])('storage.provisioner: %s', (_, claims, classes, drivers, verdict) => {
    expect(compareProvisioners(claims, classes, drivers).verdict).toBe(verdict)
  })

  it.each([
    ['one node', claim(undefined), 'skipped'],
    ['shared on block storage', claim(undefined, ['ReadWriteMany']), 'fail'],
    ['shared on file storage', claim('files', ['ReadWriteMany']), 'pass'],
  ])('storage.access-modes: %s', (_, claims, verdict) => {
    expect(compareAccessModes(claims, [gp2, storageClass('files', 'efs.csi.aws.com')]).verdict).toBe(verdict)
  })

  it('takes the claims of a StatefulSet', () => {
    const set = {
      kind: 'StatefulSet',
      metadata: { name: 's' },
      spec: { volumeClaimTemplates: [{ spec: { storageClassName: 'x', accessModes: [] } }] },
    }
    expect(claimsOf([placed(set)])).toEqual([{ of: 'demo/StatefulSet s', storageClass: 'x', accessModes: [] }])
  })
})

describe('the plane and this computer', () => {
  const problem = new Problem('HELM_MISSING', 'There is no helm.')
  const program = { path: '/helm', version: 'v4.3.1', verified: true }
  it.each([
    ['settings', settingsValid.decide({ settingsProblem: undefined }), 'pass'],
    ['wrong settings', settingsValid.decide({ settingsProblem: problem }), 'fail'],
    ['the bundled helm', helmSelf.decide({ helmProgram: program }), 'pass'],
    ['another helm', helmSelf.decide({ helmProgram: { ...program, verified: false } }), 'warn'],
    ['no helm', helmSelf.decide({ helmProgram: problem }), 'fail'],
    ['an API server', apiReach.decide({ apiServer: { server: 's', elapsedMs: 1, version: 'v1' } }), 'pass'],
    ['no API server', apiReach.decide({ apiServer: problem }), 'fail'],
    ['charts', chartsRender.decide({ renderings: { releases: [{ name: 'a', objects: 2 }] } }), 'pass'],
    [
      'a chart that does not render',
      chartsRender.decide({ renderings: { releases: [{ name: 'a', objects: 0, problem }] } }),
      'fail',
    ],
    ['a chart that cannot be fetched', chartsRender.decide({ renderings: new Problem('HELM_FAILED', 'x') }), 'fail'],
    ['a chart that changed', chartsRender.decide({ renderings: new Problem('CHART_CHANGED', 'x') }), 'fail'],
    ['all permissions', rbacCreate.decide({ missingPermissions: [] }), 'pass'],
    [
      'a missing permission',
      rbacCreate.decide({ missingPermissions: [{ verb: 'create', group: '', resource: 'secrets' }] }),
      'fail',
    ],
    ['no roles', rbacEscalate.decide({ refusedRoles: [] }), 'skipped'],
    ['roles', rbacEscalate.decide({ refusedRoles: [{ role: 'Role a' }] }), 'pass'],
    ['a refused role', rbacEscalate.decide({ refusedRoles: [{ role: 'Role a', refusal: 'no' }] }), 'fail'],
  ])('%s', (_, outcome, verdict) => {
    expect(outcome.verdict).toBe(verdict)
  })
})
