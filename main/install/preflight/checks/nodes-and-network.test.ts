import { describe, expect, it } from 'vitest'
import { networkPluginsIn } from '../rules/network-plugins.ts'
import { platformOf } from '../rules/platform.ts'
import { podsOf } from '../rules/pods.ts'
import { container, deployment, placed, readyNode } from '../sample.ts'
import { compareNetworkPlugins } from './cni-existing.ts'
import { compareKubeProxy } from './cni-kube-proxy.ts'
import { compareDns } from './dns-cluster.ts'
import { compareIdentities } from './identity-workload.ts'
import { compareLoadBalancers } from './load-balancer.ts'
import { portsOf } from './network-ports.ts'
import { compareRanges } from './network-ranges.ts'
import { compareKernels } from './node-kernel.ts'
import { compareSkew } from './node-skew.ts'
import { compareSpread } from './node-spread.ts'
import { compareBudgets } from './pdb-drain.ts'
import { compareProxies } from './proxy-exceptions.ts'

describe('the platform', () => {
  it.each([
    ['azure:///subscriptions/x', { 'kubernetes.azure.com/cluster': 'c' }, 'aks'],
    ['azure:///subscriptions/x', {}, 'azure'],
    ['aws:///eu-west-1a/i-1', { 'eks.amazonaws.com/nodegroup': 'n' }, 'eks'],
    ['gce://p/z/n', { 'cloud.google.com/gke-nodepool': 'n' }, 'gke'],
    ['kind://docker/kind/node', {}, 'other'],
    ['', {}, 'other'],
  ] as const)('of a node %s with %o is %s', (providerID, labels, platform) => {
    expect(platformOf([readyNode('a', { labels, spec: { providerID } })])).toBe(platform)
  })
})

describe('node.skew', () => {
  const node = (kubeletVersion: string) => readyNode('a', { status: { nodeInfo: { kubeletVersion } } })
  it.each([
    ['v1.36.3', 'v1.36.3', 'pass'],
    ['v1.33.0-eks-1', 'v1.36.3', 'pass'],
    ['kwok-0.8.0', 'v1.36.3', 'pass'],
    ['v1.32.9', 'v1.36.3', 'fail'],
    ['v1.37.0', 'v1.36.3', 'fail'],
  ])('kubelet %s beside %s: %s', (kubelet, version, verdict) => {
    expect(compareSkew([node(kubelet)], version).verdict).toBe(verdict)
  })
})

describe('node.kernel', () => {
  const node = (kernelVersion: string, more: object = {}) =>
    readyNode('a', {
      status: { nodeInfo: { kernelVersion, operatingSystem: 'linux', architecture: 'amd64', ...more } },
    })
  const cilium = (version: string, wireguard = false) => ({ version, wireguard })
  it.each([
    ['a new kernel', node('6.8.0-1021-azure'), cilium('1.18.2'), 'pass'],
    ['an old kernel', node('5.4.0-150-generic'), cilium('1.18.2'), 'fail'],
    ['an old kernel for an older Cilium', node('5.4.0-150-generic'), cilium('1.17.0'), 'pass'],
    ['RHEL 8', node('4.18.0-553.el8_10.x86_64'), cilium('1.18.2'), 'pass'],
    ['RHEL 8 with WireGuard', node('4.18.0-553.el8_10.x86_64'), cilium('1.18.2', true), 'fail'],
    ['WireGuard', node('6.1.0'), cilium('1.18.2', true), 'warn'],
    ['Windows', node('10.0.20348', { operatingSystem: 'windows' }), cilium('1.18.2'), 'fail'],
    ['another architecture', node('6.1.0', { architecture: 's390x' }), cilium('1.18.2'), 'fail'],
  ])('%s', (_, one, requirements, verdict) => {
    expect(compareKernels([one], requirements).verdict).toBe(verdict)
  })
})

describe('node.spread', () => {
  const apart = (topologyKey: string) => ({
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey, labelSelector: { matchLabels: { app: 'web' } } },
        ],
      },
    },
  })
  const pods = (spec: object, replicas = 1) => podsOf([placed(deployment(spec, { replicas }))])
  const [a, b] = [readyNode('a', { labels: { zone: '1' } }), readyNode('b', { labels: { zone: '1' } })]
  it.each([
    ['no rules', pods({}, 5), [a], 'pass'],
    ['as many nodes as replicas', pods(apart('kubernetes.io/hostname'), 2), [a, b], 'pass'],
    ['too few nodes', pods(apart('kubernetes.io/hostname'), 3), [a, b], 'fail'],
    ['too few zones', pods(apart('zone'), 2), [a, b], 'fail'],
    ['a selector that a node has', pods({ nodeSelector: { zone: '1' } }), [a], 'pass'],
    ['a selector that no node has', pods({ nodeSelector: { gpu: 'yes' } }), [a], 'fail'],
    ['no pods', [], [a], 'skipped'],
  ])('%s', (_, rendered, nodes, verdict) => {
    expect(compareSpread(rendered, nodes).verdict).toBe(verdict)
  })
})

describe('pdb.drain', () => {
  const budget = (spec: object) =>
    placed({
      kind: 'PodDisruptionBudget',
      metadata: { name: 'p' },
      spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
    })
  const web = (replicas: number) => placed(deployment({}, { replicas }))
  it.each([
    ['none', [web(1)], [], 'skipped'],
    ['room', [web(2), budget({ minAvailable: 1 })], [], 'pass'],
    ['one replica that must stay', [web(1), budget({ minAvailable: 1 })], [], 'warn'],
    ['all of them must stay', [web(3), budget({ minAvailable: '100%' })], [], 'warn'],
    ['half of them', [web(3), budget({ minAvailable: '50%' })], [], 'pass'],
    ['none may be unavailable', [web(3), budget({ maxUnavailable: 0 })], [], 'warn'],
    [
      'a budget that blocks now',
      [web(2)],
      [{ metadata: { name: 'x' }, status: { disruptionsAllowed: 0, expectedPods: 2 } }],
      'warn',
    ],
    [
      'a budget without pods',
      [web(2)],
      [{ metadata: { name: 'x' }, status: { disruptionsAllowed: 0, expectedPods: 0 } }],
      'pass',
    ],
  ])('%s', (_, objects, existing, verdict) => {
    expect(compareBudgets(objects, existing).verdict).toBe(verdict)
  })
})

describe('network plugins', () => {
  const daemonSet = (name: string, image: string, namespace = 'kube-system') => ({
    kind: 'DaemonSet',
    metadata: { name, namespace },
    spec: { template: { spec: { containers: [{ image }] } } },
  })
  const cilium = daemonSet('cilium', 'quay.io/cilium/cilium:v1.18.0@sha256:0')
  const aws = daemonSet('aws-node', '602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.19.0')
  it.each([
    ['quay.io/cilium/cilium:v1.18.0', 'x', 'Cilium'],
    ['docker.io/calico/node:v3.30', 'x', 'Calico'],
    ['ghcr.io/flannel-io/flannel:v0.26', 'x', 'Flannel'],
    ['docker.io/kindest/kindnetd:v2025', 'x', 'kindnet'],
    ['mirror.test/anything:1', 'calico-node', 'Calico'],
    ['quay.io/cilium/operator-generic:v1.18.0', 'x', undefined],
    ['docker.io/fluent/fluent-bit:3', 'x', undefined],
  ])('%s in %s is %s', (image, name, plugin) => {
    expect(networkPluginsIn([daemonSet(name, image)])[0]?.name).toBe(plugin)
  })

  const plugins = networkPluginsIn
  it.each([
    ['none planned', [], [aws], '', 'pass'],
    ['none at all', [], [], '', 'skipped'],
    ['only the plane’s', [cilium], [], '', 'pass'],
    ['the plane’s own, installed', [cilium], [cilium], '', 'pass'],
    ['another one', [cilium], [aws], '', 'fail'],
    ['chained to the other', [cilium], [aws], 'aws-cni', 'pass'],
    ['a second Cilium', [cilium], [daemonSet('cilium', 'quay.io/cilium/cilium:v1.17.0', 'other')], '', 'fail'],
  ])('cni.existing: %s', (_, planned, existing, chaining, verdict) => {
    expect(compareNetworkPlugins(plugins(planned), plugins(existing), chaining, 'eks').verdict).toBe(verdict)
  })

  const proxy = daemonSet('kube-proxy', 'registry.k8s.io/kube-proxy:v1.36.0')
  it.each([
    ['replaced and absent', { 'kube-proxy-replacement': 'true' }, [], 'pass'],
    ['replaced and running', { 'kube-proxy-replacement': 'true' }, [proxy], 'warn'],
    ['kept and running', { 'kube-proxy-replacement': 'false' }, [proxy], 'pass'],
    ['kept and absent', {}, [], 'fail'],
  ] as const)('cni.kube-proxy: %s', (_, options, daemonSets, verdict) => {
    expect(compareKubeProxy(options, daemonSets).verdict).toBe(verdict)
  })

  it.each([
    ['10.0.0.0/8', '10.244.1.4', 'fail'],
    ['10.244.0.0/16', '10.96.0.0/12', 'pass'],
    ['10.96.4.0/24', '10.96.0.0/12', 'fail'],
    ['fd00::/64', '10.0.0.1', 'pass'],
    ['fd00::/48', 'fd00::1', 'fail'],
  ])('network.ranges: pods in %s beside %s: %s', (pods, range, verdict) => {
    expect(compareRanges([pods], [{ range, of: 'x' }]).verdict).toBe(verdict)
  })

  it('network.ports depend on the options of Cilium', () => {
    expect(portsOf({})).toContain('8472/udp (VXLAN)')
    expect(portsOf({ 'tunnel-protocol': 'geneve', 'enable-wireguard': 'true' })).toEqual(
      expect.arrayContaining(['6081/udp (Geneve)', '51871/udp (WireGuard)']),
    )
    expect(portsOf({ 'routing-mode': 'native' })).toEqual(['4240/tcp and ICMP (health checks)'])
  })
})

describe('lb.support', () => {
  const service = (addresses: object[] = []) => ({
    kind: 'Service',
    metadata: { name: 's' },
    spec: { type: 'LoadBalancer' },
    status: { loadBalancer: { ingress: addresses } },
  })
  const metallb = deployment({ containers: [{ image: 'quay.io/metallb/controller:v0.15' }] })
  it.each([
    ['none needed', [], [], [], 'other', 'skipped'],
    ['a cloud', [service()], [], [], 'aks', 'pass'],
    ['nothing', [service()], [], [], 'other', 'fail'],
    ['MetalLB', [service()], [], [metallb], 'other', 'pass'],
    ['a Cilium pool', [service()], [], [{ kind: 'CiliumLoadBalancerIPPool' }], 'other', 'pass'],
    ['another that has an address', [service()], [service([{ ip: '192.0.2.1' }])], [], 'other', 'pass'],
    ['another that waits in a cloud', [service()], [service()], [], 'eks', 'warn'],
    ['another that waits without a cloud', [service()], [service()], [], 'other', 'fail'],
  ] as const)('%s', (_, wanted, services, workloads, platform, verdict) => {
    expect(compareLoadBalancers(wanted, services, workloads, platform).verdict).toBe(verdict)
  })
})

it.each([
  [true, 2, false, 'pass'],
  [true, 0, false, 'fail'],
  [true, 0, true, 'warn'],
  [true, undefined, false, 'unknown'],
  [false, undefined, false, 'warn'],
] as const)(
  'dns.cluster: exists %s, ready %s, the plane brings the network %s: %s',
  (exists, ready, brings, verdict) => {
    expect(compareDns(exists, ready, brings).verdict).toBe(verdict)
  },
)

describe('proxy.exceptions', () => {
  const pods = (env: Readonly<Record<string, string>>) =>
    podsOf([
      placed(
        deployment({
          containers: [container({}, { env: Object.entries(env).map(([name, value]) => ({ name, value })) })],
        }),
      ),
    ])
  const proxy = { HTTPS_PROXY: 'http://proxy.test:3128' }
  it.each([
    ['no proxy anywhere', pods({}), false, 'skipped'],
    ['a proxy on this computer alone', pods({}), true, 'warn'],
    ['all exceptions', pods({ ...proxy, NO_PROXY: '10.96.0.1,.svc,.cluster.local' }), false, 'pass'],
    ['the range of Services', pods({ ...proxy, NO_PROXY: '10.96.0.0/12,.svc,.cluster.local' }), false, 'pass'],
    ['no exceptions', pods(proxy), false, 'fail'],
    ['without the address of the API server', pods({ ...proxy, NO_PROXY: '.svc,.cluster.local' }), false, 'fail'],
    ['without .cluster.local', pods({ ...proxy, NO_PROXY: '10.96.0.1,.svc' }), false, 'fail'],
  ])('%s', (_, rendered, usesProxy, verdict) => {
    expect(compareProxies(rendered, '10.96.0.1', usesProxy).verdict).toBe(verdict)
  })
})

describe('identity.workload', () => {
  const account = (annotation: string) => [
    placed({ kind: 'ServiceAccount', metadata: { name: 's', annotations: { [annotation]: 'x' } } }),
  ]
  const azure = account('azure.workload.identity/client-id')
  const webhook = [{ metadata: { name: 'azure-wi-webhook-mutating-webhook-configuration' } }]
  const aks = [readyNode('a', { spec: { providerID: 'azure:///x' }, labels: { 'kubernetes.azure.com/cluster': 'c' } })]
  it.each([
    ['none', account('other'), [], aks, 'skipped'],
    ['Azure on AKS', azure, webhook, aks, 'pass'],
    ['Azure without its webhook', azure, [], aks, 'fail'],
    ['Azure on premises', azure, webhook, [readyNode('a')], 'warn'],
    ['Google Cloud on AKS', account('iam.gke.io/gcp-service-account'), [], aks, 'warn'],
    ['webhooks that cannot be read', azure, undefined, aks, 'pass'],
  ] as const)('%s', (_, objects, webhooks, nodes, verdict) => {
    expect(compareIdentities(objects, webhooks, nodes).verdict).toBe(verdict)
  })
})
