import type { Vantage } from '../../../../preload/contract/connectivity.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { getObject, listObjects } from '../../../lib/kubernetes/objects.ts'
import { type KubernetesObject, servedResources } from '../../../lib/kubernetes/resources.ts'
import type { MaterialSources } from '../../plan/material.ts'
import type { Placement } from '../placement.ts'
import { refuse } from '../refusal.ts'
import type { PlaneComponent, WorkloadName } from './cluster.ts'
import { chooseLabels, type PolicyFacts, type ServiceFacts, sayLack } from './labels.ts'
import { policyFacts } from './policies.ts'
import { readable } from './readable.ts'
import { type ConfigData, configMapFile, forMesh, type PodTemplate, proxiesOfWorkload } from './workload.ts'

export interface ComponentPlacement {
  readonly placement: Placement
  readonly limitation: string
  readonly fileInPod: NonNullable<MaterialSources['fileInPod']>
}

/** A place that the network treats as it treats a component's pods. Throws Refused when the component has no workload there. */
export async function componentPlacement(
  component: PlaneComponent,
  vantage: Vantage,
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<ComponentPlacement> {
  const { namespace, template, pods } = await templateOf(component, client, signal)
  const { metadata = {}, spec = {} } = template
  const [policies, services] = await Promise.all([
    readable(policiesOf(client, namespace, signal)),
    readable(servicesOf(client, namespace, signal)),
  ])
  const choice = chooseLabels(metadata.labels ?? {}, policies, services)
  const configData = configDataOf(client, namespace, signal)
  const { proxies, unread } = await proxiesOfWorkload(template, configData)
  const lacks = [
    sayLack(choice, { policies: policies !== undefined, services: services !== undefined }),
    unread.length === 0 ? '' : `the component’s ${unread.join(', ')} cannot be read, and the probe goes without`,
  ].filter((text) => text !== '')
  const place: Placement = {
    vantage,
    namespace,
    hostNetwork: spec.hostNetwork === true,
    node: undefined,
    pods,
    imagePullSecrets: spec.imagePullSecrets ?? [],
    template: {
      serviceAccount: spec.serviceAccountName ?? 'default',
      labels: { ...forMesh(metadata.labels), ...choice.labels },
      annotations: forMesh(metadata.annotations),
      nodeSelector: spec.nodeSelector ?? {},
      tolerations: spec.tolerations ?? [],
      proxies,
    },
  }
  const fileInPod = async (path: string): Promise<string | undefined> => {
    const at = configMapFile(template, path)
    return at && (await configData(at.name))?.[at.key]
  }
  return { placement: place, limitation: lacks.join('; '), fileInPod }
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
    const found = await getObject(client, { apiVersion: 'apps/v1', kind }, { namespace, name }, signal)
    const { template, selector } = (found as Templated | undefined)?.spec ?? {} // the API's own form
    if (template !== undefined)
      return { namespace, template, pods: selector?.matchLabels ?? template.metadata?.labels ?? {} }
  }
  return refuse(
    'vantage.absent',
    workloads.length === 0
      ? `${title} has no workload of its own in this plane`
      : `${title} has no pods to be like: there is no ${workloads.map(sayWorkload).join(', no ')}`,
  )
}

const sayWorkload = ({ kind, namespace, name }: WorkloadName): string => `${kind} ${name} in ${namespace}`

async function servicesOf(
  client: KubernetesClient,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly ServiceFacts[]> {
  const services = await listObjects(client, { apiVersion: 'v1', kind: 'Service' }, { namespace }, signal)
  return services.map((service) => ({
    name: service.metadata.name,
    selector: Object(Reflect.get(Object(service.spec), 'selector')),
  }))
}

const ciliumVersion = 'cilium.io/v2'

/** Of all namespaces where this user may look: a policy elsewhere may let these pods in by their labels. */
async function policiesOf(
  client: KubernetesClient,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly PolicyFacts[]> {
  const list = async (apiVersion: string, kind: string): Promise<readonly KubernetesObject[]> =>
    (await readable(listObjects(client, { apiVersion, kind }, {}, signal))) ??
    (await listObjects(client, { apiVersion, kind }, { namespace }, signal))
  const cilium = (await servedResources(client, ciliumVersion, signal)).map(({ kind }) => kind)
  const wanted = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'].filter((kind) => cilium.includes(kind))
  const all = await Promise.all([
    list('networking.k8s.io/v1', 'NetworkPolicy'),
    ...wanted.map((kind) => list(ciliumVersion, kind)),
  ])
  return all.flat().map((policy) => policyFacts(policy, namespace))
}

const configDataOf =
  (client: KubernetesClient, namespace: string, signal: AbortSignal): ConfigData =>
  async (name) => {
    const kind = { apiVersion: 'v1', kind: 'ConfigMap' }
    const found = await readable(getObject(client, kind, { namespace, name }, signal))
    return found?.data as Readonly<Record<string, string>> | undefined // the API's own form
  }
