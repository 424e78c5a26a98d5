import { randomBytes } from 'node:crypto'
import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { createObject, deleteObject, getObject } from '../../main/lib/kubernetes/objects.ts'
import type { PreflightResult } from '../../preload/contract/install.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import type { InstallSetup } from './setup.ts'

const limit = () => AbortSignal.timeout(20_000)

type Verdict = PreflightResult['verdict']

/** What a state can do to the cluster, in a namespace of its own. */
interface Hands {
  readonly client: KubernetesClient
  /** The namespace of the state's release; its name is also the release's. */
  readonly name: string
  readonly setup: InstallSetup
  helm(...args: string[]): Promise<string>
}

/** A state of a cluster and of a plane, and the verdict of a check in it. */
export interface State {
  readonly check: string
  readonly title: string
  readonly verdict: Verdict
  /** Default `objects`. */
  readonly chart?: 'objects' | 'definition' | 'small'
  /** What the chart renders. */
  readonly objects?: readonly JsonObject[]
  readonly profile?: JsonObject
  readonly setup?: Partial<InstallSetup>
  /** Makes the state. */
  readonly before?: (hands: Hands) => Promise<void>
  /** The preflight runs as a user with these rules alone: in the namespace, and in the whole cluster. */
  readonly user?: { readonly own: readonly object[]; readonly cluster: readonly object[] }
  /** Undoes what would be seen by other states. */
  readonly after?: (hands: Hands) => Promise<void>
  /** A part of the message or the evidence. */
  readonly names?: string
}

const create = async ({ client }: Hands, object: JsonObject): Promise<void> => {
  await createObject(client, object as never, limit()) // an object of any kind
}
const remove = async ({ client }: Hands, apiVersion: string, kind: string, name: string, namespace?: string) => {
  const at = { name, namespace }
  await deleteObject(client, { apiVersion, kind }, at, {}, limit())
  const end = limit()
  // The next state can create it again; a namespace that a finalizer holds stays.
  while (kind !== 'Namespace' && (await getObject(client, { apiVersion, kind }, at, end)) !== undefined)
    end.throwIfAborted()
}

export const namespace =
  (labels: Record<string, string> = {}) =>
  (hands: Hands): Promise<void> =>
    create(hands, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: hands.name, labels } })

const inOwn = (object: JsonObject) => async (hands: Hands) => {
  await namespace()(hands)
  const metadata = { ...(object.metadata as JsonObject), namespace: hands.name } // as written below
  await create(hands, { ...object, metadata })
}

const words = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words' }, data: { a: 'b' } }
const web = (spec: JsonObject = {}, more: JsonObject = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'hangar.test/busybox:1' }], ...spec },
    },
    ...more,
  },
})
const asking = (resources: JsonObject) =>
  web({ containers: [{ name: 'c', image: 'hangar.test/busybox:1', resources }] })
const claim = (storageClassName?: string, accessModes = ['ReadWriteOnce']) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: {
    ...(storageClassName === undefined ? {} : { storageClassName }),
    accessModes,
    resources: { requests: { storage: '1Gi' } },
  },
})
const cilium = (options: Record<string, string> = {}): JsonObject[] => [
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'cilium' },
    spec: {
      selector: { matchLabels: { app: 'cilium' } },
      template: {
        metadata: { labels: { app: 'cilium' } },
        spec: { containers: [{ name: 'agent', image: 'quay.io/cilium/cilium:v1.18.2' }] },
      },
    },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cilium-config' }, data: options },
]
const elsewhere = (name: string, image: string, kind = 'Deployment') => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: 'default' },
  spec: {
    ...(kind === 'Deployment' ? { replicas: 0 } : {}),
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { nodeSelector: { no: 'node' }, containers: [{ name: 'c', image }] },
    },
  },
})
const beside = (name: string, image: string, kind = 'Deployment'): Pick<State, 'before' | 'after'> => ({
  before: (hands) => create(hands, elsewhere(name, image, kind)),
  after: (hands) => remove(hands, 'apps/v1', kind, name, 'default'),
})
const storageClass = (name: string, provisioner: string): Pick<State, 'before' | 'after'> => ({
  before: (hands) =>
    create(hands, { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name }, provisioner }),
  after: (hands) => remove(hands, 'storage.k8s.io/v1', 'StorageClass', name),
})
const quota = (hard: JsonObject) => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q' },
  spec: { hard },
})
const range = (limits: JsonObject) => ({
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'r' },
  spec: { limits: [limits] },
})
const role = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'preflight-reader' },
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
}
const roleRights = {
  apiGroups: ['rbac.authorization.k8s.io'],
  resources: ['clusterroles'],
  verbs: ['create', 'get', 'patch'],
}
const secretRights = { apiGroups: [''], resources: ['secrets'], verbs: ['*'] }
const noise = (bytes: number) => ({ ...words, data: { noise: randomBytes(bytes).toString('base64') } })
const definitions = 'apiextensions.k8s.io/v1'
const things = (properties: JsonObject) => ({
  apiVersion: definitions,
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.preflight.test' },
  spec: {
    group: 'preflight.test',
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
      },
    ],
  },
})
const text = { type: 'string' }
const thing = { apiVersion: 'preflight.test/v1', kind: 'Thing', metadata: { name: 't' }, spec: { a: 'x', b: 'y' } }
const withThings = (properties: JsonObject): Pick<State, 'before' | 'after'> => ({
  before: (hands) => create(hands, things(properties)),
  after: (hands) => remove(hands, definitions, 'CustomResourceDefinition', 'things.preflight.test'),
})
const credential = {
  id: 'key',
  title: 'Key',
  secret: { name: 'key', namespaces: ['REPLACED'] },
  keys: [{ key: 'token', title: 'Token' }],
}
const hooks = 'admissionregistration.k8s.io/v1'
const onlyHere = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })

/** A Service without a server, and a webhook that asks it about the pods of the namespace. */
async function closedWebhook(hands: Hands, failurePolicy: string): Promise<void> {
  const { name } = hands
  await namespace()(hands)
  const service = { namespace: name, name: 'hook', path: '/', port: 443 }
  const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods', 'configmaps'] }
  const hook = {
    name: 'pods.preflight.test',
    failurePolicy,
    sideEffects: 'None',
    timeoutSeconds: 2,
    admissionReviewVersions: ['v1'],
    namespaceSelector: onlyHere(name),
    clientConfig: { service },
    rules: [rule],
  }
  await create(hands, {
    apiVersion: hooks,
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [hook],
  })
}
const openWebhook = (hands: Hands) => remove(hands, hooks, 'ValidatingWebhookConfiguration', hands.name)

async function policy(hands: Hands): Promise<void> {
  const { name } = hands
  await namespace()(hands)
  const rule = { operations: ['CREATE', 'UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }
  await create(hands, {
    apiVersion: hooks,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [rule] },
      validations: [
        { expression: 'object.metadata.name == "permitted"', message: 'only the name "permitted" is allowed here' },
      ],
    },
  })
  const matchResources = { namespaceSelector: onlyHere(name) }
  await create(hands, {
    apiVersion: hooks,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'], matchResources },
  })
}
async function noPolicy(hands: Hands): Promise<void> {
  await remove(hands, hooks, 'ValidatingAdmissionPolicyBinding', hands.name)
  await remove(hands, hooks, 'ValidatingAdmissionPolicy', hands.name)
}

/** A namespace whose deletion a finalizer of one object holds. */
async function endingNamespace(hands: Hands): Promise<void> {
  const { client, name } = hands
  await namespace()(hands)
  await create(hands, { ...words, metadata: { name: 'held', namespace: name, finalizers: ['preflight.test/hold'] } })
  await remove(hands, 'v1', 'Namespace', name)
  const end = limit()
  for (;;) {
    const found = await getObject(client, { apiVersion: 'v1', kind: 'Namespace' }, { name }, end)
    if (JSON.stringify(found?.status ?? {}).includes('preflight.test/hold')) return
  }
}
async function release({ client, name }: Hands): Promise<void> {
  const body = { metadata: { finalizers: null } }
  await client.request(
    'PATCH',
    `/api/v1/namespaces/${name}/configmaps/held`,
    { body, contentType: 'application/merge-patch+json' },
    limit(),
  )
}

/** A node without a kubelet: the state of the object is all that there is. */
function otherNode(info: JsonObject, conditions: readonly JsonObject[] = []): Pick<State, 'before' | 'after'> {
  return {
    async before(hands) {
      const metadata = { name: 'other', labels: { 'kubernetes.io/hostname': 'other' } }
      await create(hands, { apiVersion: 'v1', kind: 'Node', metadata })
      const status = {
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }, ...conditions],
        addresses: [{ type: 'InternalIP', address: '198.51.100.7' }],
        nodeInfo: {
          kubeletVersion: 'v1.36.0',
          kernelVersion: '6.1.0',
          operatingSystem: 'linux',
          architecture: 'amd64',
          ...info,
        },
      }
      const contentType = 'application/merge-patch+json'
      await hands.client.request('PATCH', '/api/v1/nodes/other/status', { body: { status }, contentType }, limit())
    },
    after: (hands) => remove(hands, 'v1', 'Node', 'other'),
  }
}

const lease = (renewTime: string): Pick<State, 'before' | 'after'> => ({
  before: (hands) =>
    create(hands, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'ahead', namespace: 'kube-node-lease' },
      spec: { renewTime },
    }),
  after: (hands) => remove(hands, 'coordination.k8s.io/v1', 'Lease', 'ahead', 'kube-node-lease'),
})
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString().replace('Z', '000Z')

async function scaleDns({ client }: Hands, replicas: number): Promise<void> {
  const contentType = 'application/merge-patch+json'
  await client.request(
    'PATCH',
    '/apis/apps/v1/namespaces/kube-system/deployments/coredns',
    { body: { spec: { replicas } }, contentType },
    limit(),
  )
  const end = limit()
  for (;;) {
    const slices = await client.request<{ items: { endpoints?: { conditions?: { ready?: boolean } }[] | null }[] }>(
      'GET',
      '/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices',
      { query: { labelSelector: 'kubernetes.io/service-name=kube-dns' } },
      end,
    )
    const ready = slices.items
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false).length
    if (ready === replicas) return
  }
}

const endpoint = (protocol: string, host: string) => ({ id: 'service', component: 'agent', protocol, host })

const installed = async (hands: Hands): Promise<void> => {
  await namespace()(hands)
  await hands.helm(
    'install',
    hands.name,
    `${import.meta.dirname}/charts/objects`,
    '--namespace',
    hands.name,
    '--set-json',
    `objects=${JSON.stringify([words])}`,
  )
}

const proxied = (noProxy: string) => {
  const env = [
    { name: 'HTTPS_PROXY', value: 'http://proxy.test:3128' },
    { name: 'NO_PROXY', value: noProxy },
  ]
  return web({ containers: [{ name: 'c', image: 'hangar.test/busybox:1', env }] })
}

/** For each check a state of the cluster that fails it, and one that passes. */
export const states: readonly State[] = [
  { check: 'settings.valid', title: 'settings that match', verdict: 'pass' },
  {
    check: 'settings.valid',
    title: 'a setting that does not match',
    verdict: 'fail',
    setup: { settingsProblem: 'host is missing' },
  },
  {
    check: 'credentials.present',
    title: 'a credential that is not stored',
    verdict: 'fail',
    profile: { credentials: [credential] },
  },
  {
    check: 'credentials.present',
    title: 'the Secret of another program',
    verdict: 'pass',
    profile: { credentials: [credential] },
    before: inOwn({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, stringData: { token: 'x' } }),
  },
  { check: 'helm.self', title: 'the built helm', verdict: 'pass' },
  { check: 'helm.self', title: 'no helm', verdict: 'fail', setup: { helm: '/nonexistent/helm', helmChoice: 'path' } },
  { check: 'charts.render', title: 'a chart', verdict: 'pass', objects: [words] },
  {
    check: 'charts.render',
    title: 'values that violate the schema',
    verdict: 'fail',
    chart: 'small',
    setup: { overrides: { REPLACED: { greeting: 1 } } },
  },
  { check: 'release.size', title: 'a small release', verdict: 'pass', objects: [words] },
  { check: 'release.size', title: 'a record of more than 1 MiB', verdict: 'fail', objects: [noise(700_000)] },
  { check: 'api.reach', title: 'a running API server', verdict: 'pass' },
  { check: 'api.reach', title: 'a port that nothing listens on', verdict: 'fail', setup: { kubeconfig: 'closed' } },
  {
    check: 'api.version',
    title: 'a range that matches',
    verdict: 'pass',
    profile: { requirements: { kubernetes: '>=1.30' } },
  },
  {
    check: 'api.version',
    title: 'a later version',
    verdict: 'fail',
    profile: { requirements: { kubernetes: '>=1.99' } },
  },
  { check: 'api.deprecated', title: 'current versions', verdict: 'pass', objects: [words] },
  {
    check: 'api.deprecated',
    title: 'a removed version',
    verdict: 'fail',
    objects: [{ apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', metadata: { name: 'p' }, spec: {} }],
    names: 'policy/v1',
  },
  { check: 'clock.skew', title: 'equal clocks', verdict: 'pass' },
  {
    check: 'clock.skew',
    title: 'a node that is ten minutes ahead',
    verdict: 'fail',
    ...lease(inMs(600_000)),
    names: 'ahead is',
  },
  { check: 'rbac.create', title: 'an administrator', verdict: 'pass', objects: [web()] },
  {
    check: 'rbac.create',
    title: 'a user of ConfigMaps alone',
    verdict: 'fail',
    objects: [web()],
    before: namespace(),
    user: { own: [{ apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: ['*'] }], cluster: [] },
    names: 'create deployments.apps',
  },
  { check: 'rbac.escalate', title: 'an administrator', verdict: 'pass', objects: [role] },
  {
    check: 'rbac.escalate',
    title: 'a user who lacks what the role grants',
    verdict: 'fail',
    objects: [role],
    before: namespace(),
    user: { own: [secretRights], cluster: [roleRights] },
    names: 'ClusterRole preflight-reader',
  },
  {
    check: 'rbac.escalate',
    title: 'a user with the verb escalate',
    verdict: 'pass',
    objects: [role],
    before: namespace(),
    user: { own: [secretRights], cluster: [{ ...roleRights, verbs: [...roleRights.verbs, 'escalate'] }] },
  },
  { check: 'namespace.state', title: 'a namespace that will be created', verdict: 'pass' },
  {
    check: 'namespace.state',
    title: 'a finalizer that nobody serves',
    verdict: 'fail',
    objects: [words],
    before: endingNamespace,
    after: release,
    names: 'preflight.test/hold',
  },
  { check: 'release.exists', title: 'none', verdict: 'pass' },
  { check: 'release.exists', title: 'a release of another helm', verdict: 'warn', before: installed },
  { check: 'object.owner', title: 'no such object', verdict: 'pass', objects: [words] },
  {
    check: 'object.owner',
    title: 'an object that no release has',
    verdict: 'fail',
    objects: [words],
    before: inOwn(words),
    names: 'ConfigMap',
  },
  { check: 'object.owner', title: 'the release itself', verdict: 'pass', objects: [words], before: installed },
  { check: 'object.fields', title: 'fields of helm', verdict: 'pass', objects: [words], before: installed },
  {
    check: 'object.fields',
    title: 'a field that kubectl changed',
    verdict: 'warn',
    objects: [words],
    names: 'kubectl',
    before: async (hands) => {
      await installed(hands)
      const body = { ...words, metadata: { name: 'words', namespace: hands.name }, data: { a: 'changed' } }
      const query = { fieldManager: 'kubectl', force: true }
      await hands.client.request(
        'PATCH',
        `/api/v1/namespaces/${hands.name}/configmaps/words`,
        { body, query, contentType: 'application/apply-patch+yaml' },
        limit(),
      )
    },
  },
  {
    check: 'controller.existing',
    title: 'none',
    verdict: 'pass',
    objects: [web({ containers: [{ name: 'c', image: 'quay.io/jetstack/cert-manager-controller:v1.18.0' }] })],
  },
  {
    check: 'controller.existing',
    title: 'a second cert-manager',
    verdict: 'fail',
    objects: [web({ containers: [{ name: 'c', image: 'quay.io/jetstack/cert-manager-controller:v1.18.0' }] })],
    ...beside('cert-manager', 'quay.io/jetstack/cert-manager-controller:v1.17.0'),
    names: 'default/cert-manager',
  },
  { check: 'crd.required', title: 'a kind that is not served', verdict: 'fail', objects: [thing], names: 'Thing' },
  {
    check: 'crd.required',
    title: 'a kind that the chart defines',
    verdict: 'pass',
    chart: 'definition',
    objects: [thing],
  },
  {
    check: 'crd.versions',
    title: 'a definition with fewer fields',
    verdict: 'fail',
    chart: 'definition',
    objects: [thing],
    ...withThings({ a: text }),
    names: 'field not declared: t sets spec.b',
  },
  {
    check: 'crd.versions',
    title: 'the same definition',
    verdict: 'pass',
    chart: 'definition',
    objects: [thing],
    ...withThings({ a: text, b: text }),
  },
  {
    check: 'pod.security',
    title: 'a restricted namespace',
    verdict: 'fail',
    objects: [web()],
    before: namespace({ 'pod-security.kubernetes.io/enforce': 'restricted' }),
    names: 'runAsNonRoot',
  },
  {
    check: 'pod.security',
    title: 'a baseline namespace',
    verdict: 'pass',
    objects: [web()],
    before: namespace({ 'pod-security.kubernetes.io/enforce': 'baseline' }),
  },
  {
    check: 'quota.headroom',
    title: 'a quota without room',
    verdict: 'fail',
    objects: [web()],
    before: inOwn(quota({ pods: '0' })),
    names: 'pods in',
  },
  {
    check: 'quota.headroom',
    title: 'a quota with room',
    verdict: 'pass',
    objects: [web()],
    before: inOwn(quota({ pods: '5' })),
  },
  {
    check: 'limits.range',
    title: 'a maximum',
    verdict: 'fail',
    objects: [asking({ limits: { memory: '64Mi' } })],
    before: inOwn(range({ type: 'Container', max: { memory: '32Mi' } })),
  },
  {
    check: 'limits.range',
    title: 'a maximum with room',
    verdict: 'pass',
    objects: [asking({ limits: { memory: '64Mi' } })],
    before: inOwn(range({ type: 'Container', max: { memory: '1Gi' } })),
  },
  {
    check: 'admission.webhooks',
    title: 'a webhook without a server',
    verdict: 'fail',
    objects: [web()],
    before: (hands) => closedWebhook(hands, 'Fail'),
    after: openWebhook,
    names: 'hook',
  },
  {
    check: 'admission.webhooks',
    title: 'one that fails open',
    verdict: 'skipped',
    objects: [web()],
    before: (hands) => closedWebhook(hands, 'Ignore'),
    after: openWebhook,
  },
  {
    check: 'admission.dry-run',
    title: 'an object that is invalid',
    verdict: 'fail',
    objects: [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ port: 0 }] } }],
    before: namespace(),
  },
  {
    check: 'admission.dry-run',
    title: 'a webhook without a server',
    verdict: 'fail',
    objects: [words],
    before: (hands) => closedWebhook(hands, 'Fail'),
    after: openWebhook,
    names: 'failed calling webhook',
  },
  {
    check: 'admission.dry-run',
    title: 'a policy that refuses it',
    verdict: 'fail',
    objects: [words],
    before: policy,
    after: noPolicy,
    names: 'only the name "permitted"',
  },
  {
    check: 'admission.dry-run',
    title: 'an object that is admitted',
    verdict: 'pass',
    objects: [words],
    before: namespace(),
  },
  {
    check: 'admission.pods',
    title: 'a quota without room',
    verdict: 'fail',
    objects: [web()],
    before: inOwn(quota({ pods: '0' })),
    names: 'exceeded quota',
  },
  {
    check: 'admission.pods',
    title: 'a restricted namespace',
    verdict: 'fail',
    objects: [web()],
    before: namespace({ 'pod-security.kubernetes.io/enforce': 'restricted' }),
    names: 'violates PodSecurity',
  },
  { check: 'admission.pods', title: 'a pod that is admitted', verdict: 'pass', objects: [web()], before: namespace() },
  { check: 'node.ready', title: 'more nodes than there are', verdict: 'fail', profile: { requirements: { nodes: 3 } } },
  { check: 'node.ready', title: 'enough nodes', verdict: 'pass', profile: { requirements: { nodes: 1 } } },
  {
    check: 'node.pressure',
    title: 'a full disk',
    verdict: 'warn',
    ...otherNode({}, [{ type: 'DiskPressure', status: 'True', reason: 'KubeletHasDiskPressure', message: 'full' }]),
    names: 'other: DiskPressure',
  },
  { check: 'node.pressure', title: 'none', verdict: 'pass' },
  {
    check: 'node.capacity',
    title: 'requests beyond the nodes',
    verdict: 'fail',
    objects: [asking({ requests: { cpu: '1000' } })],
  },
  { check: 'node.capacity', title: 'small requests', verdict: 'pass', objects: [asking({ requests: { cpu: '1m' } })] },
  {
    check: 'node.spread',
    title: 'a label that no node has',
    verdict: 'fail',
    objects: [web({ nodeSelector: { gpu: 'yes' } })],
  },
  { check: 'node.spread', title: 'any node', verdict: 'pass', objects: [web()] },
  {
    check: 'node.skew',
    title: 'a kubelet that is too old',
    verdict: 'fail',
    ...otherNode({ kubeletVersion: 'v1.30.0' }),
    names: 'other: kubelet v1.30.0',
  },
  { check: 'node.skew', title: 'the same version', verdict: 'pass' },
  {
    check: 'node.kernel',
    title: 'a kernel that is too old',
    verdict: 'fail',
    objects: cilium(),
    ...otherNode({ kernelVersion: '4.14.336' }),
    names: 'other: kernel 4.14.336',
  },
  { check: 'node.kernel', title: 'the kernel of this machine', verdict: 'pass', objects: cilium() },
  {
    check: 'pdb.drain',
    title: 'one replica that must stay',
    verdict: 'warn',
    objects: [
      web(),
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'p' },
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
      },
    ],
  },
  {
    check: 'pdb.drain',
    title: 'one replica that may leave',
    verdict: 'pass',
    objects: [
      web(),
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'p' },
        spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } },
      },
    ],
  },
  {
    check: 'cni.existing',
    title: 'Flannel beside Cilium',
    verdict: 'fail',
    objects: cilium(),
    ...beside('kube-flannel', 'ghcr.io/flannel-io/flannel:v0.26.0', 'DaemonSet'),
    names: 'Flannel',
  },
  { check: 'cni.existing', title: 'Cilium alone', verdict: 'pass', objects: cilium() },
  {
    check: 'cni.kube-proxy',
    title: 'both',
    verdict: 'warn',
    objects: cilium({ 'kube-proxy-replacement': 'true' }),
    ...beside('kube-proxy', 'registry.k8s.io/kube-proxy:v1.36.0', 'DaemonSet'),
  },
  {
    check: 'cni.kube-proxy',
    title: 'the replacement alone',
    verdict: 'pass',
    objects: cilium({ 'kube-proxy-replacement': 'true' }),
  },
  {
    check: 'network.ranges',
    title: 'the range of Services',
    verdict: 'fail',
    objects: cilium({ 'cluster-pool-ipv4-cidr': '10.0.0.0/8' }),
  },
  {
    check: 'network.ranges',
    title: 'a range of its own',
    verdict: 'pass',
    objects: cilium({ 'cluster-pool-ipv4-cidr': '192.0.2.0/24' }),
  },
  {
    check: 'network.ports',
    title: 'two nodes',
    verdict: 'unknown',
    objects: cilium(),
    ...otherNode({}),
    names: '8472/udp',
  },
  { check: 'network.ports', title: 'one node', verdict: 'skipped', objects: cilium() },
  {
    check: 'lb.support',
    title: 'nothing that gives addresses',
    verdict: 'fail',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
      },
    ],
  },
  {
    check: 'lb.support',
    title: 'MetalLB',
    verdict: 'pass',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
      },
    ],
    ...beside('metallb', 'quay.io/metallb/controller:v0.15.0'),
  },
  { check: 'proxy.exceptions', title: 'a proxy without exceptions', verdict: 'fail', objects: [proxied('localhost')] },
  {
    check: 'proxy.exceptions',
    title: 'a proxy with exceptions',
    verdict: 'pass',
    objects: [proxied('10.0.0.0/8,.svc,.cluster.local')],
  },
  { check: 'storage.default', title: 'a class that does not exist', verdict: 'fail', objects: [claim('none')] },
  { check: 'storage.default', title: 'the default class', verdict: 'pass', objects: [claim()] },
  {
    check: 'storage.provisioner',
    title: 'a class without its driver',
    verdict: 'fail',
    objects: [claim('driverless')],
    ...storageClass('driverless', 'nowhere.csi.test'),
  },
  { check: 'storage.provisioner', title: 'the default class', verdict: 'pass', objects: [claim()] },
  {
    check: 'storage.access-modes',
    title: 'a shared volume on a local disk',
    verdict: 'fail',
    objects: [claim('blocks', ['ReadWriteMany'])],
    ...storageClass('blocks', 'rancher.io/local-path'),
  },
  {
    check: 'storage.access-modes',
    title: 'a shared volume in a folder',
    verdict: 'pass',
    objects: [claim(undefined, ['ReadWriteMany'])],
  },
  {
    check: 'identity.workload',
    title: 'an identity of Azure without its webhook',
    verdict: 'fail',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 's', annotations: { 'azure.workload.identity/client-id': 'x' } },
      },
    ],
  },
  {
    check: 'identity.workload',
    title: 'no identity of a cloud',
    verdict: 'skipped',
    objects: [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 's' } }],
  },
  { check: 'dns.cluster', title: 'CoreDNS', verdict: 'pass' },
  {
    check: 'image.source',
    title: 'an image from elsewhere than the registry of the kit',
    verdict: 'fail',
    profile: { imageRegistry: 'kits.test/mirror' },
    objects: [web()],
    names: 'kits.test/mirror',
  },
  {
    check: 'image.source',
    title: 'the images of the kit',
    verdict: 'pass',
    profile: { imageRegistry: 'kits.test' },
    objects: [web({ containers: [{ name: 'c', image: `kits.test/a:1@sha256:${'a'.repeat(64)}` }] })],
  },
  {
    check: 'image.pull',
    title: 'a name that is no image',
    verdict: 'fail',
    objects: [web({ containers: [{ name: 'c', image: 'Not/An Image' }] })],
  },
  {
    check: 'image.pull',
    title: 'a registry that does not answer',
    verdict: 'unknown',
    objects: [web({ containers: [{ name: 'c', image: 'nowhere.test/a:1' }] })],
  },
  { check: 'image.pull', title: 'an image that all nodes have', verdict: 'pass', objects: [web()] },
  {
    check: 'image.node',
    title: 'an image that no registry has',
    verdict: 'fail',
    objects: [web({ containers: [{ name: 'c', image: '127.0.0.1:1/missing:1' }] })],
    names: '127.0.0.1:1/missing:1',
  },
  { check: 'image.node', title: 'an image of the node', verdict: 'pass', objects: [web()] },
  {
    check: 'keyvault.access',
    title: 'a vault of Azure',
    verdict: 'unknown',
    profile: { endpoints: [endpoint('vault', 'plane.vault.azure.net')] },
    names: 'Microsoft Entra',
  },
  { check: 'keyvault.access', title: 'none', verdict: 'skipped' },
  {
    check: 'registry.access',
    title: 'a registry without a credential',
    verdict: 'unknown',
    profile: { endpoints: [endpoint('oci', 'registry.test')] },
  },
  { check: 'registry.access', title: 'none', verdict: 'skipped' },
  {
    check: 'logs.storage',
    title: 'a storage of Azure',
    verdict: 'unknown',
    profile: { endpoints: [{ ...endpoint('https', 'plane.blob.core.windows.net'), id: 'logs' }] },
  },
  { check: 'logs.storage', title: 'none', verdict: 'skipped' },
  {
    check: 'dns.resolve',
    title: 'the name of the API server',
    verdict: 'pass',
    profile: { probeImage: 'hangar.test/node:24' },
  },
  {
    check: 'dns.resolve',
    title: 'a DNS without pods',
    verdict: 'fail',
    profile: { probeImage: 'hangar.test/node:24' },
    before: (hands) => scaleDns(hands, 0),
    after: (hands) => scaleDns(hands, 1),
  },
  {
    check: 'dns.cluster',
    title: 'no pod of CoreDNS',
    verdict: 'fail',
    before: (hands) => scaleDns(hands, 0),
    after: (hands) => scaleDns(hands, 1),
  },
]
