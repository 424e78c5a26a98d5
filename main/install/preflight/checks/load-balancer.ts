import { at, type KubernetesObject, listAt, nameOf } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'
import { isCloud, type Platform, platformNames, platformOf } from '../rules/platform.ts'

/** Controllers that give Services of type LoadBalancer an address, by the image of their pods. */
const controllers: readonly (readonly [RegExp, string])[] = [
  [/metallb\/[a-z]+(:|@|$)/, 'MetalLB'],
  [/kube-vip/, 'kube-vip'],
  [/klipper-lb/, 'k3s ServiceLB'],
  [/openelb/, 'OpenELB'],
  [/aws-load-balancer-controller/, 'AWS Load Balancer Controller'],
  [/cloud-provider-kind/, 'cloud-provider-kind'],
]

const isLoadBalancer = (service: KubernetesObject): boolean => at(service, 'spec', 'type') === 'LoadBalancer'
const hasAddress = (service: KubernetesObject): boolean =>
  listAt(service, 'status', 'loadBalancer', 'ingress').length > 0

const imagesIn = (workload: KubernetesObject): string[] =>
  listAt(workload, 'spec', 'template', 'spec', 'containers').map((each) => String(at(each, 'image') ?? ''))

/** Pure. `workloads`: Deployments and DaemonSets of the cluster and of the charts. */
export function compareLoadBalancers(
  wanted: readonly KubernetesObject[],
  services: readonly KubernetesObject[],
  workloads: readonly KubernetesObject[],
  platform: Platform,
): CheckOutcome {
  if (wanted.length === 0) return skipped('The plane has no Service of type LoadBalancer.')
  const existing = services.filter(isLoadBalancer)
  const served = existing.filter(hasAddress)
  const names = [
    ...new Set(
      workloads.flatMap(imagesIn).flatMap((image) => controllers.find(([pattern]) => pattern.test(image))?.[1] ?? []),
    ),
  ]
  const pools = workloads.some(({ kind }) => kind === 'CiliumLoadBalancerIPPool') ? ['Cilium LB IPAM'] : []
  const evidence = [
    ...wanted.map((service) => `needed by Service ${nameOf(service)}`),
    ...existing.map(
      (service) =>
        `${service.metadata?.namespace}/${nameOf(service)}: ${hasAddress(service) ? 'has an address' : 'pending'}`,
    ),
  ].join('\n')
  if (served.length > 0) return pass(`${served.length} other Services of type LoadBalancer have an address.`, evidence)
  const found = [...names, ...pools]
  if (found.length > 0 || isCloud(platform)) {
    const by = found.length > 0 ? summary(found) : `the cloud provider of ${platformNames[platform]}`
    if (existing.length === 0) return pass(`Addresses come from ${by}.`, evidence)
    return {
      verdict: 'warn',
      message: `${existing.length} Services of type LoadBalancer exist, and none has an address, although ${by} could give them.`,
      hint: 'Read the events of those Services: a quota of addresses, a missing permission of the cloud identity, or an empty address pool.',
      evidence,
    }
  }
  return {
    verdict: 'fail',
    message: `Nothing in this cluster gives a Service of type LoadBalancer an address; ${wanted.length} of the plane need one.`,
    hint: 'Install MetalLB, kube-vip or another controller with a pool of addresses, or set the type NodePort in the values.',
    evidence,
  }
}

export const loadBalancer = defineCheck({
  id: 'lb.support',
  title: 'Load balancers',
  category: 'network',
  severity: 'warn',
  needs: ['placed', 'services', 'workloads', 'nodes'],
  about:
    'If a chart has a Service of type LoadBalancer: another one has an address already, or a cloud provider or a controller (MetalLB, kube-vip, ServiceLB, Cilium LB IPAM) is found. Without one the address stays pending, and helm waits until its time-out.',
  remedy:
    'AKS, EKS and GKE give addresses; for an internal one, set the annotation of the provider in the values (`service.beta.kubernetes.io/azure-load-balancer-internal`, `service.beta.kubernetes.io/aws-load-balancer-scheme`, `networking.gke.io/load-balancer-type`). On EKS, subnets need the tags `kubernetes.io/role/elb` or `internal-elb`. On premises, install MetalLB or kube-vip with a pool of addresses.',
  decide({ placed, services, workloads, nodes }) {
    const wanted = placed
      .map(({ object }) => object)
      .filter((object) => object.kind === 'Service' && isLoadBalancer(object))
    const all = [...(workloads ?? []), ...placed.map(({ object }) => object)]
    return compareLoadBalancers(wanted, services ?? [], all, platformOf(nodes ?? []))
  },
})
