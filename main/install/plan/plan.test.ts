import { describe, expect, it } from 'vitest'
import { Plan } from '../../../preload/contract/install.ts'
import { demandedLosses } from '../../../preload/demanded-losses.ts'
import { labelKeys } from '../labels.ts'
import type { Observed, ObservedRelease, ObservedSecret } from '../observe/observe.ts'
import type { HelmStatus, Revision } from '../observe/releases.ts'
import type { Desired, DesiredRelease } from './desired.ts'
import { isNothingToDo, planInstall } from './plan.ts'
import { planUninstall } from './plan-uninstall.ts'

const at = '2026-03-01T12:00:00Z'
const compared = { comparisons: new Map(), secretTexts: new Map(), thisHost: 'h' }
const helm = { path: '/opt/helm', version: 'v4.3.1', verified: true }
const chart = { file: '/x.tgz', digest: 'c', name: 'small', version: '0.1.0' }
const base = { namespace: 'demo', title: 'One', timeoutSeconds: 60, chart, values: {}, contentDigest: 'd1' }
const one: DesiredRelease = { ...base, name: 'one', via: 'helm' }
const two: DesiredRelease = {
  ...base,
  name: 'two',
  title: 'Two',
  via: 'flux',
  source: { url: 'oci://r.example/two', insecure: false },
}
const secret = {
  credential: 'key',
  title: 'Key',
  name: 'key',
  namespace: 'demo',
  type: 'Opaque',
  keys: ['token'],
  required: true,
  missing: [],
  contentDigest: 's1',
}
const desired: Desired = {
  planeId: '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11',
  plane: 'mine',
  profile: 'demo',
  context: 'here',
  namespaces: ['demo'],
  secrets: [secret],
  releases: [one, two],
}
const rendered = new Map([
  [
    'one',
    [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words' } },
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'reader' } },
    ],
  ],
])

const revision = (status: HelmStatus, more: Partial<Revision> = {}): Revision => ({
  secret: 's',
  revision: 1,
  status,
  labels: { [labelKeys.profile]: 'demo', [labelKeys.contentDigest]: 'd1' },
  changedAt: 0,
  chart: 'small-0.1.0',
  ...more,
})
const nothingDropped = { releases: [], secrets: [], namespaces: [] }
const empty: Observed = {
  namespaces: new Map(),
  secrets: new Map(),
  releases: new Map(),
  claims: [],
  dropped: nothingDropped,
}
const ready = {
  state: 'ready',
  reason: '',
  contentDigest: 'd1',
  profile: 'demo',
  revision: '0.1.0, revision 1',
} as const
const installed: Observed = {
  namespaces: new Map([['demo', 'ours']]),
  secrets: new Map([['demo/key', { presence: 'ours', contentDigest: 's1', edited: [] }]]),
  releases: new Map<string, ObservedRelease>([
    ['one', { history: [revision('deployed')] }],
    ['two', { history: [revision('deployed', { labels: { 'helm.toolkit.fluxcd.io/name': 'two' } })], flux: ready }],
  ]),
  claims: [],
  dropped: nothingDropped,
}
const withOne = (release: ObservedRelease): Observed => ({
  ...installed,
  releases: new Map([...installed.releases, ['one', release]]),
})
const kinds = ({ steps }: Plan) => steps.map(({ kind }) => kind)
const planned = (observed: Observed, more: Partial<typeof helm> = {}, what = desired) =>
  planInstall(
    { desired: what, observed, rendered, templates: rendered, instances: new Map(), ...compared },
    { ...helm, ...more },
    at,
  )

describe('the plan of an install', () => {
  it('lists the steps in order, with the objects that they create', () => {
    const plan = planned(empty)
    expect(Plan.parse(plan)).toEqual(plan)
    expect(kinds(plan)).toEqual(['namespace', 'secret', 'helm-install', 'flux-apply', 'verify'])
    expect(plan.steps[2]).toMatchObject({
      id: 'release:one',
      before: 'not installed',
      after: 'small-0.1.0, deployed',
      objects: [
        { kind: 'ConfigMap', namespace: 'demo', name: 'words' },
        { kind: 'ClusterRole', name: 'reader' },
      ],
    })
  })

  it('has nothing to do when everything is up to date', () => {
    const plan = planned(installed)
    expect(isNothingToDo(plan)).toBe(true)
    expect(isNothingToDo(planned(empty))).toBe(false)
  })

  it.each([
    [
      'other values',
      revision('deployed', { labels: { [labelKeys.profile]: 'demo', [labelKeys.contentDigest]: 'd0' } }),
      'helm-upgrade',
    ],
    ['a failed revision', revision('failed'), 'helm-upgrade'],
    ['an interrupted install', revision('pending-install'), 'helm-recover'],
    ['an uninstalled release whose history was kept', revision('uninstalled'), 'helm-install'],
    ['an interrupted uninstall', revision('uninstalling'), 'helm-recover'],
  ] as const)('over %s', (_, last, kind) => {
    expect(planned(withOne({ history: [last] })).steps.find(({ id }) => id === 'release:one')?.kind).toBe(kind)
  })

  const deleted = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words' } }
  const comparisons = new Map([
    [
      'one',
      {
        objects: [
          { release: 'one', releaseNamespace: 'demo', namespace: 'demo', object: deleted, live: 'absent' as const },
        ],
        autoscaled: new Set<string>(),
      },
    ],
  ])
  it('repairs a release whose record is current, and from which the cluster differs', () => {
    const facts = { desired, observed: installed, rendered, templates: rendered, instances: new Map(), ...compared }
    const plan = planInstall({ ...facts, comparisons }, helm, at)
    expect(Plan.parse(plan)).toEqual(plan)
    expect(kinds(plan)).toEqual(['keep', 'helm-repair', 'keep', 'verify'])
    expect(plan.steps[1]).toMatchObject({
      title: 'Repair One',
      changes: [{ object: { kind: 'ConfigMap', namespace: 'demo', name: 'words' }, change: 'create' }],
      notes: ['ConfigMap demo/words was deleted.'],
    })
    expect(plan.digest).not.toBe(planInstall(facts, helm, at).digest)
  })

  it('repairs a release that another helm upgraded, and names the objects that go with it', () => {
    const byHand = revision('deployed', {
      revision: 2,
      labels: { [labelKeys.profile]: 'demo', [labelKeys.contentDigest]: 'd1', [labelKeys.revision]: '1' },
      objects: [claim],
    })
    const plan = planned(withOne({ history: [revision('deployed'), byHand] }))
    expect(plan.steps[1]).toMatchObject({ kind: 'helm-repair', changes: [{ change: 'delete' }] })
    expect(plan.losses.map(({ id }) => id)).toEqual(['claim:demo/data-0'])
  })

  it('writes a Secret again that was edited', () => {
    const edited: ObservedSecret = { presence: 'ours', contentDigest: 's1', edited: ['token (kubectl-edit)'] }
    const plan = planned({ ...installed, secrets: new Map([['demo/key', edited]]) })
    expect(plan.steps[0]).toMatchObject({ kind: 'secret', notes: [expect.stringContaining('token (kubectl-edit)')] })
  })

  it.each([
    ['that Flux installs', revision('deployed', { labels: { 'helm.toolkit.fluxcd.io/name': 'one' } })],
    ['of another plane', revision('deployed', { labels: { [labelKeys.profile]: 'other' } })],
    ['that another helm may be working on', revision('pending-upgrade', { labels: {} })],
    ['with a damaged record of another helm', revision('deployed', { labels: {}, record: 'damaged' })],
  ])('refuses a release %s', (_what, theirs) => {
    expect(() => planned(withOne({ history: [theirs] }))).toThrow(expect.objectContaining({ code: 'RELEASE_FOREIGN' }))
  })

  it('asks before it adopts a release of another helm, and names what that deletes', () => {
    const plan = planned(withOne({ history: [revision('deployed', { labels: {}, objects: [claim] })] }))
    expect(Plan.parse(plan)).toEqual(plan)
    expect(plan.steps[1]).toMatchObject({ id: 'release:one', kind: 'helm-upgrade', title: 'Adopt One' })
    expect(plan.losses.map(({ id, kind, step }) => `${step} ${kind} ${id}`)).toEqual([
      'release:one adopt adopt:one',
      'release:one claim claim:demo/data-0',
    ])
  })

  it('keeps a Secret that Hangar did not create', () => {
    const secrets = new Map<string, ObservedSecret>([['demo/key', { presence: 'others', edited: [] }]])
    const observed = { ...empty, secrets }
    expect(planned(observed).steps[1]).toMatchObject({
      kind: 'keep',
      notes: [expect.stringContaining('not created by Hangar')],
    })
  })

  it('notes that helm is unverified', () => {
    expect(planned(empty, { verified: false }).steps[2]?.notes.join()).toContain('unverified')
  })

  it('has a digest of its steps and contents, not of its time', () => {
    const { digest } = planned(empty)
    expect(
      planInstall(
        { desired, observed: empty, rendered, templates: rendered, instances: new Map(), ...compared },
        helm,
        '2026-03-02T12:00:00Z',
      ).digest,
    ).toBe(digest)
    expect(planned(installed).digest).not.toBe(digest)
    expect(planned(empty, {}, { ...desired, releases: [{ ...one, contentDigest: 'd9' }, two] }).digest).not.toBe(digest)
  })
})

const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data-0' } }
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.com' },
  spec: { group: 'example.com', names: { kind: 'Thing' }, versions: [{ name: 'v1', served: true }] },
}
const chartSecret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'generated' } }
const chartNamespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tenant' } }
const kept = { ...claim, metadata: { name: 'kept', annotations: { 'helm.sh/resource-policy': 'keep' } } }
const ephemeral = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db' },
  spec: { volumeClaimTemplates: [{}], persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } },
}
const other = { labels: { [labelKeys.profile]: 'demo', [labelKeys.contentDigest]: 'd0' } }

describe('the losses of an install', () => {
  const lossesOf = (history: readonly Revision[], templates = rendered, instances = new Map<string, number>()) =>
    planInstall({ desired, observed: withOne({ history }), rendered, templates, instances, ...compared }, helm, at)
      .losses

  it('are none for an upgrade that deletes nothing', () => {
    const objects = rendered.get('one') ?? []
    expect(lossesOf([revision('deployed', { ...other, objects })])).toEqual([])
  })

  it.each([
    ['a claim', claim, 'claim:demo/data-0', 'PersistentVolumeClaim demo/data-0 and its data are deleted.'],
    ['a Secret', chartSecret, 'secret:demo/generated', 'Secret demo/generated is deleted.'],
    ['a namespace', chartNamespace, 'namespace:tenant', 'Namespace tenant is deleted with everything in it.'],
    ['a StatefulSet that deletes its claims', ephemeral, 'claim:demo/db', 'The volume claims of StatefulSet demo/db'],
    ['a definition', definition, 'definition:things.example.com', 'and every object of its kind in the cluster'],
  ])('name %s that the upgrade deletes, and not what the chart keeps', (_, object, id, message) => {
    expect(lossesOf([revision('deployed', { ...other, objects: [object, kept] })])).toEqual([
      expect.objectContaining({ id, step: 'release:one', message: expect.stringContaining(message) }),
    ])
    expect(lossesOf([revision('deployed', { ...other, objects: [object] })], new Map([['one', [object]]]))).toEqual([])
  })

  it('name a definition that moved to crds/, with the count of objects that users made', () => {
    const history = [revision('deployed', { ...other, objects: [definition] })]
    const [loss] = lossesOf(history, rendered, new Map([['things.example.com', 3]]))
    expect(loss?.message).toContain('all 3 objects of its kind')
  })

  it('name a hook that takes the place of an object, which helm deletes as an object', () => {
    const hook = { ...chartSecret, metadata: { name: 'generated', annotations: { 'helm.sh/hook': 'pre-upgrade' } } }
    const history = [revision('deployed', { ...other, objects: [chartSecret] })]
    expect(lossesOf(history, new Map([['one', [hook]]]))).toHaveLength(1)
  })

  it('name the recovery of an interrupted install, and the claims that go with it', () => {
    const history = [revision('pending-install', { objects: [claim] })]
    expect(lossesOf(history, new Map([['one', [claim]]])).map(({ id }) => id)).toEqual([
      'recover:one',
      'claim:demo/data-0',
    ])
  })

  it('name the recovery of an interrupted upgrade, which keeps the claims', () => {
    const history = [revision('deployed'), revision('pending-upgrade', { revision: 2, objects: [claim] })]
    const losses = lossesOf(history, new Map([['one', [claim]]]))
    expect(losses).toEqual([
      expect.objectContaining({ id: 'recover:one', message: expect.stringContaining('rolled back to revision 1') }),
    ])
  })
})

describe('the losses of an uninstall', () => {
  it('are the claims and definitions of its releases, and a Secret whose values the vault lacks', () => {
    const last = revision('deployed', { objects: [claim, definition, kept] })
    const lost = { ...desired, secrets: [{ ...secret, missing: ['token'] }] }
    const observed = withOne({ history: [last] })
    expect(planUninstall(lost, observed, new Map(), at).losses.map(({ id }) => id)).toEqual([
      'claim:demo/data-0',
      'definition:things.example.com',
      'secret:demo/key',
    ])
    expect(planUninstall(desired, installed, new Map(), at).losses).toEqual([])
  })
})

const old = { name: 'old', namespace: 'past', title: 'old', via: 'helm', timeoutSeconds: 300 } as const
const withOld: Observed = {
  ...installed,
  dropped: {
    releases: [{ ...old, history: [revision('deployed', { objects: [claim, kept] })] }],
    secrets: [{ namespace: 'past', name: 'key' }],
    namespaces: ['past'],
  },
}

describe('what the profile no longer has', () => {
  it('is uninstalled by an update, before the other releases, with its losses', () => {
    const plan = planned(withOld)
    expect(Plan.parse(plan)).toEqual(plan)
    expect(plan.steps.map(({ id, kind }) => `${kind} ${id}`)).toEqual([
      'helm-uninstall dropped:past/old',
      'keep keep:objects:old',
      'keep secret:demo/key',
      'keep release:one',
      'keep release:two',
      'verify verify',
    ])
    expect(plan.losses.map(({ id, step }) => `${step} ${id}`)).toEqual([
      'dropped:past/old release:past/old',
      'dropped:past/old claim:past/data-0',
    ])
  })

  it('is removed by an uninstall, with its Secrets and namespaces', () => {
    const plan = planUninstall(desired, withOld, new Map(), at)
    expect(plan.steps.filter(({ namespace }) => namespace === 'past').map(({ id }) => id)).toEqual([
      'dropped:past/old',
      'secret:past/key',
      'namespace:past',
    ])
    expect(plan.losses.map(({ id }) => id)).toEqual(['claim:past/data-0'])
  })

  it('is no release of which only the history is left', () => {
    const releases = [{ ...old, history: [revision('uninstalled')] }]
    expect(isNothingToDo(planned({ ...installed, dropped: { ...nothingDropped, releases } }))).toBe(true)
  })

  it('can stay instead: then nothing is asked for that only its removal would lose', () => {
    const plan = planned(withOld)
    expect(plan.ways.map(({ id, step, kind }) => `${step} ${kind} ${id}`)).toEqual([
      'dropped:past/old keep keep:past/old',
    ])
    expect(demandedLosses(plan, [])).toEqual(plan.losses)
    expect(demandedLosses(plan, ['keep:past/old']).filter(({ step }) => step === 'dropped:past/old')).toEqual([])
  })
})

describe('the plan of an uninstall', () => {
  it('uninstalls in reverse order, then deletes the objects of Hangar', () => {
    const plan = planUninstall(desired, installed, new Map(), at)
    expect(Plan.parse(plan)).toEqual(plan)
    expect(plan.steps.map(({ id, kind }) => `${kind} ${id}`)).toEqual([
      'flux-delete release:two',
      'helm-uninstall release:one',
      'delete secret:demo/key',
      'delete namespace:demo',
    ])
  })

  it('lists with a reason what is kept: definitions, annotated objects, and claims with their namespace', () => {
    const kept = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'k', annotations: { 'helm.sh/resource-policy': 'keep' } },
    }
    const last = revision('deployed', { objects: [kept], customResourceDefinitions: ['things.example.com'] })
    const observed = { ...withOne({ history: [last] }), claims: [{ namespace: 'demo', name: 'data-0', owned: false }] }
    const steps = planUninstall(desired, observed, new Map(), at).steps.filter(({ kind }) => kind === 'keep')
    expect(steps.map(({ id }) => id)).toEqual([
      'keep:objects:one',
      'keep:definitions:one',
      'keep:namespace:demo',
      'keep:claim:demo/data-0',
    ])
    expect(steps.every(({ notes }) => notes.length > 0)).toBe(true)
  })

  it('keeps what does not belong to the plane, and is empty if nothing is installed', () => {
    const foreign = withOne({ history: [revision('deployed', { labels: {} })] })
    expect(kinds(planUninstall(desired, foreign, new Map(), at))).toEqual(['flux-delete', 'keep', 'delete', 'delete'])
    expect(planUninstall(desired, empty, new Map(), at).steps).toEqual([])
  })
})
