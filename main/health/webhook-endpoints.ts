import { conditionsOf } from './conditions.ts'
import { type Fields, fieldsIn, isFields, listIn, textIn } from './fields.ts'
import { type Assessment, groupOf, type KubernetesObject, type Subject, subjectOf } from './object.ts'

/** The label by which an EndpointSlice belongs to a Service: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/ */
const serviceLabel = 'kubernetes.io/service-name'

const isKind = ({ kind, apiVersion }: KubernetesObject, name: string, group: string): boolean =>
  kind === name && groupOf(apiVersion) === group
const isConfiguration = (object: KubernetesObject): boolean =>
  /^(?:Validating|Mutating)WebhookConfiguration$/.test(object.kind) &&
  groupOf(object.apiVersion) === 'admissionregistration.k8s.io'

/**
 * Webhook configurations that refuse what they match: a webhook fails closed (`failurePolicy: Fail`, the default) and its
 * Service does not exist or has no ready endpoint. Only where the objects tell: a part of a cluster proves no absence.
 */
export function closedWebhooks(objects: readonly KubernetesObject[]): ReadonlyMap<KubernetesObject, Assessment> {
  const configurations = objects.filter(isConfiguration)
  if (configurations.length === 0) return new Map()
  const state = serviceStates(objects)
  return new Map(
    configurations.flatMap((object): [KubernetesObject, Assessment][] => {
      const reason = closedWebhook(subjectOf(object), state)
      return reason === undefined ? [] : [[object, { health: 'degraded', reason }]]
    }),
  )
}

type ServiceState = (namespace: string, name: string) => string | undefined

function closedWebhook({ content }: Subject, stateOf: ServiceState): string | undefined {
  for (const webhook of listIn(content, 'webhooks')) {
    const service = fieldsIn(fieldsIn(webhook, 'clientConfig'), 'service')
    const [namespace, name] = [textIn(service, 'namespace'), textIn(service, 'name')]
    if (webhook.failurePolicy === 'Ignore' || namespace === undefined || name === undefined) continue
    const state = stateOf(namespace, name)
    if (state !== undefined)
      return `Webhook ${textIn(webhook, 'name') ?? '?'} fails closed, and its Service ${namespace}/${name} ${state}: the API server refuses what it matches`
  }
  return undefined
}

/** What is wrong with a Service, after its name; undefined where nothing is, or nothing tells. */
function serviceStates(objects: readonly KubernetesObject[]): ServiceState {
  const services = objects.filter((object) => isKind(object, 'Service', ''))
  const slices = objects.filter((object) => isKind(object, 'EndpointSlice', 'discovery.k8s.io')).map(subjectOf)
  const pods = objects.filter((object) => isKind(object, 'Pod', '')).map(subjectOf)
  const inNamespace =
    (namespace: string) =>
    ({ metadata }: KubernetesObject): boolean =>
      metadata.namespace === namespace
  return (namespace, name) => {
    const own = services.filter(inNamespace(namespace))
    const service = own.find(({ metadata }) => metadata.name === name)
    if (service === undefined) return own.length === 0 ? undefined : 'does not exist'
    const ownSlices = slices.filter(inNamespace(namespace))
    if (ownSlices.length > 0) return ownSlices.some((slice) => isReady(slice, name)) ? undefined : noEndpoint
    const selector = fieldsIn(subjectOf(service).spec, 'selector')
    const ownPods = pods.filter(inNamespace(namespace))
    if (Object.keys(selector).length === 0 || ownPods.length === 0) return undefined
    return ownPods.some((pod) => isSelected(pod, selector) && isReadyPod(pod)) ? undefined : noEndpoint
  }
}

const noEndpoint = 'has no ready endpoint'

const labelsOf = ({ metadata }: KubernetesObject): Fields => (isFields(metadata.labels) ? metadata.labels : {})

/** An endpoint whose readiness is not known counts as ready, as its API says. */
const isReady = (slice: Subject, service: string): boolean =>
  labelsOf(slice)[serviceLabel] === service &&
  listIn(slice.content, 'endpoints').some((endpoint) => fieldsIn(endpoint, 'conditions').ready !== false)

const isSelected = (pod: KubernetesObject, selector: Fields): boolean =>
  Object.entries(selector).every(([key, value]) => labelsOf(pod)[key] === value)

const isReadyPod = ({ metadata, status }: Subject): boolean =>
  metadata.deletionTimestamp === undefined && conditionsOf(status).get('Ready')?.status === 'True'
