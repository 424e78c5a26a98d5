import { type KubernetesObject, textAt } from '../../observe/kubernetes-object.ts'

/** Where a cluster runs, as far as its nodes show it. `other`: on premises, or a provider that is not listed. */
export type Platform = 'aks' | 'azure' | 'eks' | 'aws' | 'gke' | 'gcp' | 'other'

const providers: readonly (readonly [RegExp, Platform])[] = [
  [/^azure:/, 'azure'],
  [/^aws:/, 'aws'],
  [/^gce:/, 'gcp'],
]
/** Labels that the managed service puts on its nodes. */
const managed: readonly (readonly [string, Platform])[] = [
  ['kubernetes.azure.com/cluster', 'aks'],
  ['eks.amazonaws.com/nodegroup', 'eks'],
  ['eks.amazonaws.com/compute-type', 'eks'],
  ['cloud.google.com/gke-nodepool', 'gke'],
]

export const platformNames: Readonly<Record<Platform, string>> = {
  aks: 'AKS',
  azure: 'Azure',
  eks: 'EKS',
  aws: 'AWS',
  gke: 'GKE',
  gcp: 'Google Cloud',
  other: 'no cloud provider',
}

/** Pure: by the nodes' labels, then by their provider ids. */
export function platformOf(nodes: readonly KubernetesObject[]): Platform {
  const labels = new Set(nodes.flatMap(({ metadata }) => Object.keys(metadata?.labels ?? {})))
  const service = managed.find(([label]) => labels.has(label))?.[1]
  if (service !== undefined) return service
  const ids = nodes.flatMap((node) => textAt(node, 'spec', 'providerID') ?? [])
  return providers.find(([prefix]) => ids.some((id) => prefix.test(id)))?.[1] ?? 'other'
}

export const isCloud = (platform: Platform): boolean => platform !== 'other'
/** AKS and Azure differ in what is installed, not in their load balancers and disks. */
export const cloudOf = (platform: Platform): 'azure' | 'aws' | 'gcp' | 'other' =>
  platform === 'aks' ? 'azure' : platform === 'eks' ? 'aws' : platform === 'gke' ? 'gcp' : platform
