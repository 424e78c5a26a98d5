import { describe, expect, it } from 'vitest'
import { execCandidates, hasRoom } from '../existing-pod/candidates.ts'
import { namespaceForNode } from './namespace.ts'
import { configMapFile, meshSettings, type PodTemplate, proxiesOfWorkload } from './workload.ts'

const maps: Readonly<Record<string, Record<string, string>>> = {
  proxies: { HTTPS_PROXY: 'http://map:3128', OTHER: 'x' },
  one: { proxy: 'http://one:3128' },
}
const readConfigMap = async (name: string) => maps[name]
const none = { httpsProxy: '', httpProxy: '', noProxy: '' }

describe('the proxy settings of a workload', () => {
  it.each([
    ['no variables', [{}], none, []],
    [
      'plain values, in lower case too',
      [
        {
          env: [
            { name: 'https_proxy', value: 'http://p:1' },
            { name: 'NO_PROXY', value: '.svc' },
          ],
        },
      ],
      { httpsProxy: 'http://p:1', httpProxy: '', noProxy: '.svc' },
      [],
    ],
    [
      'values of its second container',
      [{ env: [{ name: 'X', value: 'y' }] }, { env: [{ name: 'HTTP_PROXY', value: 'http://p:1' }] }],
      { ...none, httpProxy: 'http://p:1' },
      [],
    ],
    [
      'a whole ConfigMap',
      [{ envFrom: [{ configMapRef: { name: 'proxies' } }] }],
      { ...none, httpsProxy: 'http://map:3128' },
      [],
    ],
    [
      'a key of a ConfigMap, over the whole one',
      [
        {
          envFrom: [{ configMapRef: { name: 'proxies' } }],
          env: [{ name: 'HTTPS_PROXY', valueFrom: { configMapKeyRef: { name: 'one', key: 'proxy' } } }],
        },
      ],
      { ...none, httpsProxy: 'http://one:3128' },
      [],
    ],
    ['a Secret, which is not read', [{ env: [{ name: 'HTTPS_PROXY', valueFrom: {} }] }], none, ['HTTPS_PROXY']],
  ])('are read from %s', async (_what, containers, proxies, unread) => {
    expect(await proxiesOfWorkload({ spec: { containers } }, readConfigMap)).toEqual({ proxies, unread })
  })
})

describe('a file in a workload’s container', () => {
  const template: PodTemplate = {
    spec: {
      containers: [
        {
          volumeMounts: [
            { name: 'all', mountPath: '/etc/ca' },
            { name: 'some', mountPath: '/etc/ca/deep/' },
            { name: 'all', mountPath: '/one.pem', subPath: 'ca.crt' },
            { name: 'secret', mountPath: '/secret' },
            { name: 'many', mountPath: '/many' },
          ],
        },
      ],
      volumes: [
        { name: 'all', configMap: { name: 'roots' } },
        { name: 'some', configMap: { name: 'other', items: [{ key: 'k', path: 'x/root.pem' }] } },
        { name: 'secret' },
        { name: 'many', projected: { sources: [{}, { configMap: { name: 'projected' } }] } },
      ],
    },
  }
  it.each([
    ['/etc/ca/ca.crt', { name: 'roots', key: 'ca.crt' }],
    ['/etc/ca/deep/x/root.pem', { name: 'other', key: 'k' }],
    ['/etc/ca/deep/absent.pem', undefined],
    ['/one.pem', { name: 'roots', key: 'ca.crt' }],
    ['/many/ca.crt', { name: 'projected', key: 'ca.crt' }],
    ['/secret/ca.crt', undefined],
    ['/etc/camp/ca.crt', undefined],
  ])('at %s is found in its ConfigMap, if it has one', (path, expected) => {
    expect(configMapFile(template, path)).toEqual(expected)
  })
})

it('takes over only the mesh settings for outbound connections', () => {
  const annotations = {
    'sidecar.istio.io/inject': 'true',
    'prometheus.io/scrape': 'true',
    'linkerd.io/inject': 'enabled',
  }
  expect(meshSettings(annotations)).toEqual({ 'sidecar.istio.io/inject': 'true', 'linkerd.io/inject': 'enabled' })
})

describe('an exec candidate', () => {
  const pod = (name: string, more: object = {}, labels: Record<string, string> = {}, memory?: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: { nodeName: 'n1', containers: [{ name: 'main', image: name, resources: { limits: { memory } } }], ...more },
    status: { phase: 'Running', containerStatuses: [{ name: 'main', state: { running: {} } }] },
  })
  const place = {
    namespace: 'x',
    hostNetwork: false,
    node: undefined,
    template: undefined,
    pods: {},
    imagePullSecrets: [],
  }
  const vantage = { kind: 'pod', name: 'x' } as const
  const names = (pods: Parameters<typeof execCandidates>[0], more: object = {}) =>
    execCandidates(pods, { ...place, vantage, ...more }).map(
      ({ pod: name, hasMemory: room }) => `${name}${room ? '' : ' (no room)'}`,
    )

  it('is a running container in the same network, one of each image, those with memory first', () => {
    const twin = { ...pod('twin'), spec: { ...pod('twin').spec, containers: [{ name: 'main', image: 'a' }] } }
    expect(
      names([
        pod('small', {}, {}, '128Mi'),
        pod('a', {}, {}, '1Gi'),
        twin,
        pod('b'),
        pod('node-network', { hostNetwork: true }),
        { ...pod('ended'), status: { phase: 'Succeeded' } },
        pod('probe', {}, { 'hangar/probe': 'pod' }),
      ]),
    ).toEqual(['a', 'b', 'small (no room)'])
  })

  it('belongs to the component or the node of the placement', () => {
    expect(names([pod('mine', {}, { app: 'agent' }), pod('other')], { pods: { app: 'agent' } })).toEqual(['mine'])
    const nodePods = [pod('n1', { hostNetwork: true }), pod('n2', { hostNetwork: true, nodeName: 'n2' })]
    expect(names(nodePods, { hostNetwork: true, node: 'n2' })).toEqual(['n2'])
  })

  it.each([
    [undefined, true],
    ['256Mi', true],
    ['1G', true],
    ['.5Gi', true],
    ['1e9', true],
    ['128974848', false],
    ['1e3', false],
    ['.1Gi', false],
    // An invalid quantity counts as a limit.
    ['1GB', false],
  ])('a container with a memory limit of %s has room for the probe: %s', (limit, room) => {
    expect(hasRoom(limit)).toBe(room)
  })
})

it.each([
  [
    [
      { name: 'a', enforces: 'restricted' },
      { name: 'b', enforces: '' },
    ],
    'b',
  ],
  [
    [
      { name: 'a', enforces: 'baseline' },
      { name: 'b', enforces: 'privileged' },
    ],
    'b',
  ],
  [
    [
      { name: 'a', enforces: undefined },
      { name: 'b', enforces: 'restricted' },
    ],
    'a',
  ],
  [[], undefined],
])('chooses a namespace for a node among %j', (candidates, expected) => {
  expect(namespaceForNode(candidates)).toBe(expected)
})
