import type { V1Service } from '@kubernetes/client-node'
import type { Vantage } from '../../../../preload/contract/connectivity.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { ifAllowed, listIfAllowed } from '../../../lib/kubernetes/if-allowed.ts'
import { getObject, listObjects } from '../../../lib/kubernetes/objects.ts'
import type { Raw } from '../../../lib/kubernetes/raw.ts'
import { type KubernetesObject, servedResources } from '../../../lib/kubernetes/resources.ts'
import type { MaterialSources } from '../../plan/material.ts'
import type { Placement } from '../placement.ts'
import { refuse } from '../refusal.ts'
import type { PlaneComponent, WorkloadName } from './cluster.ts'
import { chooseLabels, limitationOf, type PolicySelectors, type ServiceSelector } from './labels.ts'
import { policySelectors } from './policy-selectors.ts'
import { configMapFile, meshSettings, type PodTemplate, proxiesOfWorkload, type ReadConfigMap } from './workload.ts'

export interface ComponentPlacement {
  readonly placement: Placement
  readonly limitation: string
  readonly fileInPod: NonNullable<MaterialSources['fileInPod']>
}

/** A placement that network policies treat like a component's pods. Throws Refused if the component has no workload. */
export async function componentPlacement(
  component: PlaneComponent,
  vantage: Vantage,
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<ComponentPlacement> {
  const { namespace, template, pods } = await templateOf(component, client, signal)
  const { metadata = {}, spec = {} } = template
  const [policies, services] = await Promise.all([
    ifAllowed(policiesOf(client, namespace, signal)),
    ifAllowed(servicesOf(client, namespace, signal)),
  ])
  const choice = chooseLabels(metadata.labels ?? {}, policies, services)
  const configData = configDataOf(client, namespace, signal)
  const { proxies, unread } = await proxiesOfWorkload(template, configData)
  const limitations = [
    limitationOf(choice, { policies: policies !== undefined, services: services !== undefined }),
    unread.length === 0 ? '' : `the component’s ${unread.join(', ')} cannot be read, so the probe runs without it`,
  ].filter((text) => text !== '')
  const placement: Placement = {
    vantage,
    namespace,
    hostNetwork: spec.hostNetwork === true,
    node: undefined,
    pods,
    imagePullSecrets: spec.imagePullSecrets ?? [],
    template: {
      serviceAccount: spec.serviceAccountName ?? 'default',
      labels: { ...meshSettings(metadata.labels), ...choice.labels },
      annotations: meshSettings(metadata.annotations),
      nodeSelector: spec.nodeSelector ?? {},
      tolerations: spec.tolerations ?? [],
      proxies,
    },
  }
  const fileInPod = async (path: string): Promise<string | undefined> => {
    const at = configMapFile(template, path)
    return at && (await configData(at.name))?.[at.key]
  }
  return { placement, limitation: limitations.join('; '), fileInPod }
}

interface Templated {
  readonly spec?: {
    readonly template?: PodTemplate
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> }
  }
}

async function templateOf(
  { title, workloads }: PlaneComponent,
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<{
  readonly namespace: string
  readonly template: PodTemplate
  readonly pods: Readonly<Record<string, string>>
}> {
  for (const workload of workloads) {
    const { kind, namespace, name } = workload
    const object = await getObject(client, { apiVersion: 'apps/v1', kind }, { namespace, name }, signal)
    const { template, selector } = (object as Templated | undefined)?.spec ?? {} // the shape that the API documents
    if (template !== undefined)
      return { namespace, template, pods: selector?.matchLabels ?? template.metadata?.labels ?? {} }
  }
  return refuse(
    'vantage.absent',
    workloads.length === 0
      ? `${title} has no workload in this plane`
      : `${title} has no workload in the cluster: ${workloads.map(workloadLabel).join(' and ')} ${workloads.length === 1 ? 'does' : 'do'} not exist`,
  )
}

const workloadLabel = ({ kind, namespace, name }: WorkloadName): string => `${kind} ${name} in ${namespace}`

async function servicesOf(
  client: KubernetesClient,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly ServiceSelector[]> {
  const services = await listObjects(client, { apiVersion: 'v1', kind: 'Service' }, { namespace }, signal)
  return services.flatMap((service) => {
    const { spec } = service as Raw<V1Service> // the kind that was listed
    return spec?.publishNotReadyAddresses === true
      ? [{ name: service.metadata.name, selector: spec.selector ?? {} }]
      : []
  })
}

const ciliumVersion = 'cilium.io/v2'

/** From all namespaces if permitted: a policy in another namespace can select these pods as peers. */
async function policiesOf(
  client: KubernetesClient,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly PolicySelectors[]> {
  const list = async (apiVersion: string, kind: string): Promise<readonly KubernetesObject[]> =>
    (await listIfAllowed(client, { apiVersion, kind }, {}, signal)) ??
    (await listObjects(client, { apiVersion, kind }, { namespace }, signal))
  const cilium = (await servedResources(client, ciliumVersion, signal)).map(({ kind }) => kind)
  const ciliumKinds = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'].filter((kind) => cilium.includes(kind))
  const all = await Promise.all([
    list('networking.k8s.io/v1', 'NetworkPolicy'),
    ...ciliumKinds.map((kind) => list(ciliumVersion, kind)),
  ])
  return all.flat().map((policy) => policySelectors(policy, namespace))
}

const configDataOf =
  (client: KubernetesClient, namespace: string, signal: AbortSignal): ReadConfigMap =>
  async (name) => {
    const kind = { apiVersion: 'v1', kind: 'ConfigMap' }
    const configMap = await ifAllowed(getObject(client, kind, { namespace, name }, signal))
    return configMap?.data as Readonly<Record<string, string>> | undefined // the shape that the API documents
  }
