import { type Discovery, groupOf, resourceOf } from '../../../lib/kubernetes/discovery.ts'
import { at, type KubernetesObject, textAt } from '../../observe/kubernetes-object.ts'
import type { Observed } from '../../observe/observe.ts'
import type { Desired } from '../../plan/desired.ts'
import type { Rendered } from '../../plan/install-session.ts'
import type { Permission } from './permissions.ts'

/** The verbs that helm uses on each object: it watches them, an upgrade patches them, an uninstall deletes them. */
const objectVerbs = ['create', 'get', 'list', 'watch', 'patch', 'delete']
/** Helm stores its releases as Secrets. */
const storageVerbs = ['create', 'get', 'list', 'update', 'delete']
const leaseVerbs = ['create', 'get', 'update', 'delete']
const fluxVerbs = ['create', 'get', 'patch', 'delete']
const secretVerbs = ['create', 'get', 'patch', 'delete']

const permissions = (verbs: readonly string[], rest: Omit<Permission, 'verb'>): Permission[] =>
  verbs.map((verb) => ({ verb, ...rest }))

const fluxKinds = [
  { group: 'helm.toolkit.fluxcd.io', resource: 'helmreleases' },
  { group: 'source.toolkit.fluxcd.io', resource: 'ocirepositories' },
]

/** The resource of the object's kind, from the cluster or from a definition in the charts. */
function resourceFor(object: KubernetesObject, discovery: Discovery, definitions: readonly KubernetesObject[]) {
  const served = resourceOf(discovery, object)
  if (served) return { group: groupOf(served.apiVersion), resource: served.plural, namespaced: served.namespaced }
  const group = groupOf(object.apiVersion ?? '')
  const definition = definitions.find(
    (candidate) =>
      textAt(candidate, 'spec', 'group') === group && textAt(candidate, 'spec', 'names', 'kind') === object.kind,
  )
  const resource = textAt(definition, 'spec', 'names', 'plural')
  if (resource === undefined) return undefined
  return { group, resource, namespaced: at(definition, 'spec', 'scope') === 'Namespaced' }
}

/** Pure: the permissions needed to install, watch and uninstall the plane. */
export function permissionsFor(
  desired: Desired,
  rendered: Rendered,
  discovery: Discovery,
  observed: Pick<Observed, 'namespaces'>,
): Permission[] {
  const all = [...rendered.values()].flat()
  const definitions = all.filter(({ kind }) => kind === 'CustomResourceDefinition')
  const [first] = desired.namespaces
  const toCreate = desired.namespaces.filter((name) => (observed.namespaces.get(name) ?? 'absent') !== 'others')
  const releases = desired.releases.flatMap(({ name, namespace, via }) => {
    if (via === 'flux') {
      return fluxKinds.flatMap((kind) => permissions(fluxVerbs, { ...kind, namespace }))
    }
    const objects = (rendered.get(name) ?? []).flatMap((object) => {
      const target = resourceFor(object, discovery, definitions)
      if (target === undefined) return []
      const scope = target.namespaced ? { namespace: object.metadata?.namespace ?? namespace } : {}
      return permissions(objectVerbs, { group: target.group, resource: target.resource, ...scope })
    })
    return [...objects, ...permissions(storageVerbs, { group: '', resource: 'secrets', namespace })]
  })
  return [
    ...(toCreate.length > 0 ? permissions(['create', 'get', 'delete'], { group: '', resource: 'namespaces' }) : []),
    ...(first === undefined
      ? []
      : permissions(leaseVerbs, { group: 'coordination.k8s.io', resource: 'leases', namespace: first })),
    ...desired.secrets.flatMap(({ namespace }) =>
      permissions(secretVerbs, { group: '', resource: 'secrets', namespace }),
    ),
    ...releases,
  ]
}
