import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { labelKeys } from '../labels.ts'
import type { KubernetesObject } from '../observe/kubernetes-object.ts'
import { type Revision, valuesDigest } from '../observe/releases.ts'
import type { ComparedObject } from './changes.ts'
import type { DesiredRelease } from './desired.ts'
import { describeDrift, objectsToCompare, recordDrift, releaseChanges } from './release-changes.ts'

const release: DesiredRelease = {
  name: 'one',
  namespace: 'demo',
  title: 'One',
  via: 'helm',
  timeoutSeconds: 60,
  chart: { file: '/x.tgz', digest: 'c', name: 'small', version: '0.1.0' },
  values: { greeting: 'hello', none: null, map: {} },
  contentDigest: 'd1',
}
const revision = (more: Partial<Revision> = {}, labels: Record<string, string> = {}): Revision => ({
  secret: 's',
  revision: 2,
  status: 'deployed',
  labels: { [labelKeys.contentDigest]: 'd1', [labelKeys.revision]: '2', ...labels },
  changedAt: 0,
  chart: 'small-0.1.0',
  valuesDigest: valuesDigest({ greeting: 'hello' }),
  ...more,
})

describe('the record of a release', () => {
  it.each([
    ['is what Hangar wrote', revision(), undefined],
    ['is of an earlier Hangar without the label', { ...revision(), labels: {} }, undefined],
    ['cannot be read', revision({ chart: undefined, valuesDigest: undefined }), undefined],
    ['is of another helm, which carries the labels over', revision({ revision: 3 }), /Another helm wrote revision 3/],
    ['has another chart', revision({ chart: 'small-0.2.0' }), /chart small-0.2.0 instead of small-0.1.0/],
    ['has other values', revision({ valuesDigest: valuesDigest({ greeting: 'bye' }) }), /other values/],
  ])('%s', (_, last, drift) => {
    const found = recordDrift(last, release)
    if (drift === undefined) expect(found).toBeUndefined()
    else expect(found).toMatch(drift)
  })
})

const words = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words' } }
const anew = { ...words, data: { random: 'x' } }
const hook = { ...words, metadata: { name: 'hook', annotations: { 'helm.sh/hook': 'pre-install' } } }

describe('the objects that are compared', () => {
  const templates = new Map([['one', [anew, hook]]])
  it.each([
    ['of a release that stays: the recorded ones', revision({ objects: [words] }), [words], [true]],
    [
      'of an upgrade: the rendered ones',
      revision({ objects: [words] }, { [labelKeys.contentDigest]: 'd0' }),
      [anew],
      [false],
    ],
    ['of another helm’s revision: the rendered ones', revision({ objects: [words], revision: 3 }), [anew], [false]],
    ['of a failed upgrade: none is proven', revision({ objects: [anew], status: 'failed' }), [anew], [false]],
    ['of an interrupted release: none', revision({ objects: [words], status: 'pending-upgrade' }), [], []],
  ] as const)('are %s', (_, last, objects, unchanged) => {
    const compared = objectsToCompare({ releases: [release] }, new Map([['one', { history: [last] }]]), templates)
    expect(compared.objects.map(({ object }) => object)).toEqual(objects)
    expect(compared.objects.map(compared.isUnchanged)).toEqual(unchanged)
  })
})

const replicas = { 'f:spec': { 'f:replicas': {} } }
const byHelm = (fieldsV1: JsonObject) => ({ manager: 'helm', operation: 'Apply', fieldsV1 })
const web = (count: number, managedFields: readonly JsonObject[]): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', managedFields },
  spec: { replicas: count },
})
const placed = (live: ComparedObject['live'], object: KubernetesObject): ComparedObject => ({
  release: 'one',
  releaseNamespace: 'demo',
  namespace: 'demo',
  object,
  live,
})
const compared = (live: ComparedObject['live'], applied: KubernetesObject): ComparedObject => {
  const each = placed(live, applied)
  return { ...each, run: { ...each, outcome: 'accepted', message: '', applied } }
}
const changesOf = (object: ComparedObject, autoscaled: readonly string[] = [], secrets: readonly string[] = []) =>
  releaseChanges('one', { objects: [object], autoscaled: new Set(autoscaled) }, secrets)
const scaledBy = (manager: string) =>
  compared(
    web(3, [{ manager, operation: 'Update', subresource: 'scale', fieldsV1: replicas }]),
    web(1, [byHelm(replicas)]),
  )

describe('the drift of an object', () => {
  it.each([
    ['kubectl', [], 1],
    ['k9s', [], 1],
    // An autoscaler and a person on one workload: the autoscaler sets it again at once.
    ['kubectl', ['Deployment demo/web'], 0],
    ['kube-controller-manager', [], 0],
    ['keda', [], 0],
  ])(
    'whose replicas %s set, with the autoscalers %j, has %i changes, and helm takes over the field',
    (manager, autoscaled, count) => {
      const { changes, losses } = changesOf(scaledBy(manager), autoscaled)
      expect(changes).toHaveLength(count)
      expect(losses.map(({ id }) => id)).toEqual(['overwrite:one/Deployment/demo/web'])
    },
  )

  const webhook = (caBundle: string, manager: string): KubernetesObject => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: {
      name: 'web',
      managedFields: [
        {
          manager,
          operation: manager === 'helm' ? 'Apply' : 'Update',
          fieldsV1: { 'f:webhooks': { 'k:{"name":"a"}': { 'f:clientConfig': { 'f:caBundle': {} } } } },
        },
      ],
    },
    webhooks: [{ name: 'a', clientConfig: { caBundle } }],
  })
  it.each([
    ['cert-manager-cainjector', 0],
    ['kubectl-edit', 1],
  ])('whose certificate %s put into a webhook has %i changes', (manager, count) => {
    expect(changesOf(compared(webhook('x', manager), webhook('', 'helm'))).changes).toHaveLength(count)
  })

  it.each([
    ['is none if nothing differs', placed(words, words), []],
    ['is a deleted object', placed('absent', words), ['ConfigMap demo/words was deleted.']],
    [
      'is an object that is being deleted',
      placed({ ...words, metadata: { deletionTimestamp: 'x' } }, words),
      ['ConfigMap demo/words was deleted.'],
    ],
    [
      'is no Job that Kubernetes deletes after its work',
      placed('absent', {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'j' },
        spec: { ttlSecondsAfterFinished: 0 },
      }),
      [],
    ],
    [
      'names the value, the desired one and the manager',
      scaledBy('kubectl'),
      ['Deployment demo/web: spec.replicas is 3 instead of 1 (kubectl (scale)).'],
    ],
  ])('%s', (_, object, sentences) => {
    expect(changesOf(object).changes.map(describeDrift)).toEqual(sentences)
  })

  const configMap = (key: string, value: string, by: string): KubernetesObject => ({
    ...words,
    metadata: {
      name: 'words',
      managedFields: [
        { manager: by, operation: by === 'helm' ? 'Apply' : 'Update', fieldsV1: { 'f:data': { [`f:${key}`]: {} } } },
      ],
    },
    data: { [key]: value },
  })
  it.each([
    ['greeting', 'hello', false],
    ['password', 'hello', true],
    // The override may have been another secret before.
    ['settings', 'mode=a;canary-8c1f', true],
  ])('hides the values of %s with %s: %j', (key, value, hidden) => {
    const object = compared(configMap(key, 'before', 'kubectl-edit'), configMap(key, value, 'helm'))
    const { changes, losses } = changesOf(object, [], ['canary-8c1f'])
    expect(changes[0]?.fields).toEqual([
      expect.objectContaining({ hidden, before: hidden ? null : 'before', after: hidden ? null : value }),
    ])
    expect(JSON.stringify(losses).includes('before')).toBe(!hidden)
  })

  const refused = (outcome: 'immutable' | 'refused', object: KubernetesObject): ComparedObject => {
    const each = placed(object, object)
    return { ...each, run: { ...each, outcome, message: 'field is immutable' } }
  }
  it('hides a value that a refusal quotes', () => {
    const each = placed(words, words)
    const run = { ...each, outcome: 'refused', message: 'Invalid value: "canary-8c1f"' } as const
    expect(changesOf({ ...each, run }, [], ['canary-8c1f']).unknown).toEqual([
      expect.stringMatching(/Invalid value: "\[hidden\]"$/),
    ])
  })

  const of = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'x' } })
  it.each([
    [
      'a Job that cannot change is created again',
      refused('immutable', of('Job')),
      ['recreate'],
      [/^Job demo\/x is deleted and created again: /],
      0,
    ],
    [
      'a claim that cannot change loses its data',
      refused('immutable', of('PersistentVolumeClaim')),
      ['recreate'],
      [/and its data are lost/],
      0,
    ],
    ['a Namespace is never deleted for it', refused('immutable', of('Namespace')), [], [], 1],
    ['a refused object is unknown', refused('refused', of('Job')), [], [], 1],
    ['an unreadable object is unknown', placed('unreadable', words), [], [], 1],
  ])('%s', (_, object, kinds, messages, unknown) => {
    const result = changesOf(object)
    expect(result.changes.map(({ change }) => change)).toEqual(kinds)
    expect(result.losses.map(({ message }) => message)).toEqual(messages.map((each) => expect.stringMatching(each)))
    expect(result.unknown).toHaveLength(unknown)
  })
})
