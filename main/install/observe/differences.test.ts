import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { differencesOf, includes } from './differences.ts'

interface Entry {
  readonly manager: string
  readonly operation?: 'Apply' | 'Update'
  readonly subresource?: string
  readonly fieldsV1: JsonObject
}

const deployment = (spec: JsonObject, managedFields: readonly Entry[], more: JsonObject = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', managedFields },
  spec,
  ...more,
})
const byHelm = (fieldsV1: JsonObject): Entry => ({ manager: 'helm', operation: 'Apply', fieldsV1 })
const by = (manager: string, fieldsV1: JsonObject, subresource?: string): Entry => ({
  manager,
  operation: 'Update',
  fieldsV1,
  ...(subresource === undefined ? {} : { subresource }),
})
const replicas = { 'f:spec': { 'f:replicas': {} } }
const container = (fields: JsonObject) => ({
  'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:name': {}, ...fields } } },
})
const env = (...names: string[]) =>
  container({
    'f:env': Object.fromEntries(
      names.map((name) => [`k:{"name":"${name}"}`, { '.': {}, 'f:name': {}, 'f:value': {} }]),
    ),
  })
const web = (fields: JsonObject) => ({ containers: [{ name: 'web', ...fields }] })

describe('the differences between the cluster and what helm would apply', () => {
  it.each([
    [
      'a number of replicas that kubectl set',
      deployment({ replicas: 3 }, [by('kubectl', replicas, 'scale')]),
      deployment({ replicas: 1 }, [byHelm(replicas)]),
      [{ path: 'spec.replicas', before: 3, after: 1, owners: [{ manager: 'kubectl', subresource: 'scale' }] }],
    ],
    [
      'an image that was edited, by the key of its container',
      deployment({ containers: [{ name: 'side' }, { name: 'web', image: 'b' }] }, [
        by('kubectl-edit', container({ 'f:image': {} })),
      ]),
      deployment({ containers: [{ name: 'side' }, { name: 'web', image: 'a' }] }, [
        byHelm(container({ 'f:image': {} })),
      ]),
      [
        {
          path: 'spec.containers[name=web].image',
          before: 'b',
          after: 'a',
          owners: [{ manager: 'kubectl-edit', subresource: undefined }],
        },
      ],
    ],
    [
      'a variable that was deleted',
      deployment(web({ env: [{ name: 'A', value: '1' }] }), [byHelm(env('A'))]),
      deployment(
        web({
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        }),
        [byHelm(env('A', 'B'))],
      ),
      [
        {
          path: 'spec.containers[name=web].env[name=B]',
          before: undefined,
          after: { name: 'B', value: '2' },
          owners: [],
        },
      ],
    ],
    [
      'a variable that the next chart drops',
      deployment(web({ env: [{ name: 'A', value: '1' }] }), [byHelm(env('A'))]),
      deployment(web({}), [byHelm(container({}))]),
      [{ path: 'spec.containers[name=web].env', before: [{ name: 'A', value: '1' }], after: undefined, owners: [] }],
    ],
    [
      'an atomic list as a whole',
      deployment({ args: ['a', 'b'] }, [by('kubectl-edit', { 'f:spec': { 'f:args': {} } })]),
      deployment({ args: ['a'] }, [byHelm({ 'f:spec': { 'f:args': {} } })]),
      [{ path: 'spec.args', before: ['a', 'b'], after: ['a'], owners: [{ manager: 'kubectl-edit' }] }],
    ],
    [
      'an item of a set',
      deployment({ set: ['x'] }, [byHelm({ 'f:spec': { 'f:set': { 'v:"x"': {} } } })]),
      deployment({ set: ['x', 'y'] }, [byHelm({ 'f:spec': { 'f:set': { 'v:"x"': {}, 'v:"y"': {} } } })]),
      [{ path: 'spec.set["y"]', before: undefined, after: 'y', owners: [] }],
    ],
    [
      'a label that was removed, with a quoted name',
      { ...deployment({}, []), metadata: { labels: {}, managedFields: [] } },
      {
        ...deployment({}, []),
        metadata: {
          labels: { 'app.kubernetes.io/name': 'web' },
          managedFields: [byHelm({ 'f:metadata': { 'f:labels': { 'f:app.kubernetes.io/name': {} } } })],
        },
      },
      [{ path: 'metadata.labels["app.kubernetes.io/name"]', before: undefined, after: 'web', owners: [] }],
    ],
  ])('name %s', (_, live, applied, differences) => {
    expect(differencesOf(live, applied).map(({ names, ...shown }) => shown)).toEqual(differences)
  })

  const helmReplicas = [byHelm(replicas)]
  it.each([
    ['a default', deployment({ replicas: 1 }, helmReplicas), deployment({ replicas: 1, paused: false }, helmReplicas)],
    [
      'a variable that kubectl added: an apply by helm leaves it as it is',
      deployment(web({ env: [{ name: 'B' }] }), [by('kubectl-set', env('B'))]),
      deployment(web({ env: [{ name: 'B' }] }), [byHelm(container({ 'f:image': {} })), by('kubectl-set', env('B'))]),
    ],
    [
      'what a webhook renders anew at each request',
      deployment({ replicas: 1, stamp: 1 }, helmReplicas),
      deployment({ replicas: 1, stamp: 2 }, [...helmReplicas, by('helm', { 'f:spec': { 'f:stamp': {} } })]),
    ],
    [
      'the status, versions and generations',
      deployment({ replicas: 1 }, helmReplicas, { status: { replicas: 3 } }),
      deployment({ replicas: 1 }, helmReplicas, { status: { replicas: 1 } }),
    ],
    [
      'the order of a list with keys',
      deployment({ containers: [{ name: 'side' }, { name: 'web' }] }, [byHelm(container({}))]),
      deployment({ containers: [{ name: 'web' }, { name: 'side' }] }, [byHelm(container({}))]),
    ],
  ])('are not %s', (_, live, applied) => {
    expect(differencesOf(live, applied)).toEqual([])
  })

  it('are found in a Secret whose manifest has stringData', () => {
    const secret = (data: JsonObject, managedFields: readonly Entry[]) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'key', managedFields },
      data,
    })
    const live = secret({ token: 'Yg==' }, [by('kubectl-edit', { 'f:data': { 'f:token': {} } })])
    const applied = secret({ token: 'YQ==' }, [byHelm({ 'f:stringData': { 'f:token': {} } })])
    expect(differencesOf(live, applied).map(({ path }) => path)).toEqual(['data.token'])
  })
})

describe('an object that a tenant filled', () => {
  const size = 40_000
  const list = Array.from({ length: size }, (_, index) => ({ name: `n${index}` }))
  const keysOf = (count: number): JsonObject =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`k:{"name":"n${index}"}`, { '.': {}, 'f:name': {}, 'f:image': {} }]),
    )
  const containersOf = (containers: JsonObject[], ...entries: readonly Entry[]) => deployment({ containers }, entries)
  const inContainers = (keys: JsonObject) => ({ 'f:spec': { 'f:containers': keys } })

  it('is compared item by item in the time of its size', () => {
    const keys = inContainers(keysOf(size))
    const live = containersOf(list, byHelm(keys), by('tenant', keys))
    const changed = list.map((item, index) => (index === size - 1 ? { ...item, image: 'other' } : item))
    const found = differencesOf(live, containersOf(changed, byHelm(keys)))

    expect(found.map(({ path }) => path)).toEqual([`spec.containers[name=n${size - 1}].image`])
  })

  it('is compared where what its managers own is no key', () => {
    const keys = inContainers({ 'k:{not json': {}, 'k:{"name":"n0"}': { 'f:name': {}, 'f:image': {} } })
    const live = containersOf([{ name: 'n0', image: 'a' }], byHelm(keys))
    expect(differencesOf(live, containersOf([{ name: 'n0', image: 'b' }], byHelm(keys)))).toMatchObject([
      { path: 'spec.containers[name=n0].image', before: 'a', after: 'b' },
    ])
  })
})

describe('an object of the cluster', () => {
  const live = { spec: { replicas: 1, list: [{ a: 1, b: 2 }], cpu: '1' } }
  it.each([
    ['the same fields', { spec: { replicas: 1 } }, true],
    ['fewer fields of an item', { spec: { list: [{ a: 1 }] } }, true],
    ['empty and null fields', { spec: { none: null, map: {}, items: [] } }, true],
    ['another value', { spec: { replicas: 2 } }, false],
    ['a quantity in another form', { spec: { cpu: '1000m' } }, false],
    ['fewer items', { spec: { list: [] } }, false],
    ['a field that it lacks', { spec: { paused: false } }, false],
    ['a map that it lacks', { spec: { map: { a: 1 } } }, false],
  ])('has a manifest with %s: %#', (_, manifest, expected) => {
    expect(includes(live, manifest)).toBe(expected)
  })
})
