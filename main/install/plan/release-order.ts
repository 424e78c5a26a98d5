import type { PlannedRelease } from '../installation.ts'
import { at, type KubernetesObject, listAt, nameOf, textAt } from '../observe/kubernetes-object.ts'
import { referenceIn } from '../observe/manifest.ts'
import { networkPluginsIn } from '../preflight/rules/network-plugins.ts'

/** What of a release decides which others it waits for. */
export interface OrderedRelease extends Pick<PlannedRelease, 'name' | 'namespace' | 'via' | 'needs'> {
  /** Rendered, or of the last revision; undefined if they are unknown. */
  readonly objects: readonly KubernetesObject[] | undefined
  /** Names of the definitions in `crds/`, if they are not among the objects. */
  readonly definitions?: readonly string[] | undefined
}

const fluxGroup = 'helm.toolkit.fluxcd.io'

/** The group of an API version; empty for `v1`. */
const groupOf = ({ apiVersion = '' }: KubernetesObject): string => /^(.+)\//.exec(apiVersion)?.[1] ?? ''

/** A definition is named `PLURAL.GROUP`. */
const groupOfDefinition = (name: string): string => name.slice(name.indexOf('.') + 1)

const workloadKinds = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'])

/** The name of a kind in the API, as all kinds of Kubernetes and nearly all others form it. */
const pluralOf = (kind: string): string =>
  kind
    .toLowerCase()
    .replace(/([^aeiou])y$/, '$1ie')
    .replace(/s$/, 'se')
    .concat('s')

const imagesOf = (object: KubernetesObject): string[] =>
  listAt(object, 'spec', 'template', 'spec', 'containers').flatMap((each) => textAt(each, 'image') ?? [])

const hasFluxController = (objects: readonly KubernetesObject[]): boolean =>
  objects.some((object) => imagesOf(object).some((image) => /(^|\/)helm-controller(:|@|$)/.test(image)))

/** Groups whose custom resources need the release: it defines or reconciles them. */
const providedGroups = ({ objects = [], definitions = [] }: OrderedRelease): Set<string> => {
  const own = objects.filter(({ kind }) => kind === 'CustomResourceDefinition').map(nameOf)
  const groups = [...definitions, ...own].map(groupOfDefinition)
  return new Set(hasFluxController(objects) ? [...groups, fluxGroup] : groups)
}

const usedGroups = ({ objects = [], via }: OrderedRelease): string[] => [
  ...objects.map(groupOf),
  ...(via === 'flux' ? [fluxGroup] : []),
]

/** The namespaces of a release's objects, and its own. */
export const namespacesOf = ({ objects = [], namespace }: Pick<OrderedRelease, 'objects' | 'namespace'>): Set<string> =>
  new Set([namespace, ...objects.flatMap((object) => referenceIn(object, namespace).namespace ?? [])])

const createsNamespaceOf = ({ objects = [] }: OrderedRelease, later: OrderedRelease): boolean => {
  const namespaces = namespacesOf(later)
  return objects.some((object) => object.kind === 'Namespace' && namespaces.has(nameOf(object)))
}

/** Whether an admission webhook of a release may change or refuse objects of another. Selectors are not compared. */
function admits({ objects = [] }: OrderedRelease, { objects: seen = [] }: OrderedRelease): boolean {
  const rules = objects
    .filter(({ kind }) => kind === 'MutatingWebhookConfiguration' || kind === 'ValidatingWebhookConfiguration')
    .flatMap((object) => listAt(object, 'webhooks'))
    .flatMap((webhook) => listAt(webhook, 'rules'))
  const created = seen.flatMap((object) => {
    const { kind = '' } = object
    const self = { group: groupOf(object), resource: pluralOf(kind) }
    return workloadKinds.has(kind) ? [self, { group: '', resource: 'pods' }] : [self]
  })
  const includes = (list: unknown, value: string): boolean =>
    Array.isArray(list) && (list.includes('*') || list.includes(value))
  return rules.some((rule) =>
    created.some(
      ({ group, resource }) => includes(at(rule, 'apiGroups'), group) && includes(at(rule, 'resources'), resource),
    ),
  )
}

/** Whether a release cannot be installed beside an earlier one, whatever the profile says. */
function dependsOn(later: OrderedRelease, earlier: OrderedRelease): boolean {
  if (earlier.objects === undefined || later.objects === undefined) return true
  const provided = providedGroups(earlier)
  return (
    // Pods of others start only once the network is there.
    networkPluginsIn(earlier.objects).length > 0 ||
    usedGroups(later).some((group) => provided.has(group)) ||
    createsNamespaceOf(earlier, later) ||
    admits(earlier, later)
  )
}

/**
 * Pure: for each release, all earlier ones that it waits for. Without `needs` these are all of them. With it, those that it names
 * and those that provide what its objects cannot do without: the network, the kinds of custom resources, a namespace, webhooks.
 */
export function releaseNeeds(releases: readonly OrderedRelease[]): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, ReadonlySet<string>>()
  for (const [index, release] of releases.entries()) {
    const { name, needs } = release
    const direct = releases
      .slice(0, index)
      .filter((earlier) => needs === undefined || needs.includes(earlier.name) || dependsOn(release, earlier))
    all.set(name, new Set(direct.flatMap((each) => [...(all.get(each.name) ?? []), each.name])))
  }
  return all
}
