import { type Discovery, groupOf, resourceOf } from '../../../lib/kubernetes/discovery.ts'
import { at, type KubernetesObject, listAt, nameOf, textAt } from '../../observe/kubernetes-object.ts'
import type { PlacedObject } from '../../observe/live-objects.ts'
import { type CheckOutcome, defineCheck, notPermitted, pass, skipped, summary } from '../check.ts'
import type { NamespaceState } from '../facts/facts.ts'
import { podsOf } from '../rules/pods.ts'
import { selects } from '../rules/selectors.ts'
import { serviceOfWebhook } from '../rules/webhook-service.ts'

/** What an install asks the API server to create. */
interface Creation {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly labels: Readonly<Record<string, string>>
  /** Of its namespace; undefined for objects of the cluster. */
  readonly namespaceLabels: Readonly<Record<string, string>> | undefined
}

/** The labels that a namespace has, or gets from the API server when it is created. */
const labelsOf = (name: string, state: NamespaceState | undefined): Readonly<Record<string, string>> => ({
  'kubernetes.io/metadata.name': name,
  ...(typeof state === 'object' ? state.metadata?.labels : {}),
})

function creations(
  placed: readonly PlacedObject[],
  discovery: Pick<Discovery, 'resources'>,
  namespaces: ReadonlyMap<string, NamespaceState>,
): Creation[] {
  const objects = placed.flatMap(({ object, namespace }) => {
    const type = resourceOf(discovery as Discovery, object) // only its resources are read
    if (type === undefined) return []
    const [version = ''] = type.apiVersion.split('/').slice(-1)
    const namespaceLabels = type.namespaced ? labelsOf(namespace, namespaces.get(namespace)) : undefined
    const labels = object.metadata?.labels ?? {}
    return [{ group: groupOf(type.apiVersion), version, resource: type.plural, labels, namespaceLabels }]
  })
  const pods = podsOf(placed).map(({ namespace, metadata }) => ({
    group: '',
    version: 'v1',
    resource: 'pods',
    labels: metadata?.labels ?? {},
    namespaceLabels: labelsOf(namespace, namespaces.get(namespace)),
  }))
  return [...objects, ...pods]
}

const includes = (list: readonly unknown[], value: string): boolean => list.includes('*') || list.includes(value)

function matches(webhook: unknown, { group, version, resource, labels, namespaceLabels }: Creation): boolean {
  const rules = listAt(webhook, 'rules').some((rule) => {
    const scope = textAt(rule, 'scope') ?? '*'
    return (
      includes(listAt(rule, 'operations'), 'CREATE') &&
      includes(listAt(rule, 'apiGroups'), group) &&
      includes(listAt(rule, 'apiVersions'), version) &&
      includes(listAt(rule, 'resources'), resource) &&
      (scope === '*' || (scope === 'Namespaced') === (namespaceLabels !== undefined))
    )
  })
  return (
    rules &&
    selects(at(webhook, 'objectSelector'), labels) &&
    (namespaceLabels === undefined || selects(at(webhook, 'namespaceSelector'), namespaceLabels))
  )
}

/** Pure. `readyEndpoints`: addresses that are ready, by Service; undefined where they cannot be read. */
export function compareWebhooks(
  configurations: readonly KubernetesObject[],
  placed: readonly PlacedObject[],
  discovery: Pick<Discovery, 'resources'>,
  namespaces: ReadonlyMap<string, NamespaceState>,
  readyEndpoints: ReadonlyMap<string, number | undefined>,
): CheckOutcome {
  const created = creations(placed, discovery, namespaces)
  const concerned = configurations.flatMap((configuration) =>
    listAt(configuration, 'webhooks')
      .filter((webhook) => (textAt(webhook, 'failurePolicy') ?? 'Fail') === 'Fail')
      .flatMap((webhook) => {
        const hit = created.filter((creation) => matches(webhook, creation))
        if (hit.length === 0) return []
        const resources = [...new Set(hit.map(({ resource }) => resource))]
        const name = `${configuration.kind} ${nameOf(configuration)}, webhook ${textAt(webhook, 'name')}`
        return [{ name, webhook, resources, service: serviceOfWebhook(webhook) }]
      }),
  )
  if (concerned.length === 0) return skipped('No webhook that fails closed sees the objects of the plane.')
  const evidence = concerned
    .map(({ name, resources, service }) => `${name}: ${summary(resources)}, ${service ?? 'outside of the cluster'}`)
    .join('\n')
  const down = concerned.filter(({ service }) => service !== undefined && readyEndpoints.get(service) === 0)
  if (down.length > 0) {
    const certain = down.filter(({ webhook }) => listAt(webhook, 'matchConditions').length === 0)
    return {
      // A match condition (CEL) can still exclude the objects.
      verdict: certain.length > 0 ? 'fail' : 'warn',
      message: `Webhooks without a ready server refuse objects of the plane: ${summary(
        down.map(({ name, service }) => `${name} (${service})`),
        3,
      )}.`,
      hint: 'Start the pods of the Service that is named. If its owner was uninstalled, delete the webhook configuration that was left behind.',
      evidence,
    }
  }
  return pass(
    `${concerned.length} webhooks that fail closed see the objects of the plane, and have a server.`,
    evidence,
  )
}

export const admissionWebhooks = defineCheck({
  id: 'admission.webhooks',
  title: 'Admission webhooks',
  category: 'admission',
  severity: 'strict',
  needs: ['webhooks', 'newObjects', 'discovery', 'namespaces', 'readyEndpoints'],
  about:
    'Finds the webhooks with `failurePolicy: Fail` whose rules and selectors match an object or a pod of the plane, and counts the ready endpoints of their Services. If such a webhook has no server, the API server refuses every object that it would see.',
  remedy:
    'Start the deployment behind the Service. A webhook configuration that an uninstall left behind is deleted with `kubectl delete validatingwebhookconfiguration NAME` (or `mutating…`). On private GKE clusters, the firewall must let the control plane reach the webhook’s port on the nodes; on EKS with another network plugin, webhooks need `hostNetwork`, because the control plane does not reach pod addresses.',
  decide: ({ webhooks, newObjects, discovery, namespaces, readyEndpoints }) =>
    webhooks === undefined
      ? notPermitted('list validatingwebhookconfigurations', 'list mutatingwebhookconfigurations')
      : compareWebhooks(webhooks, newObjects, discovery, namespaces, readyEndpoints),
})
