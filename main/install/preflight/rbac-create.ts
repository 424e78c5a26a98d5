import { type Discovery, resourceOf } from '../observe/discovery.ts'
import { at, type KubernetesObject, textAt } from '../observe/kubernetes-object.ts'
import type { Observed } from '../observe/observe.ts'
import type { Desired } from '../plan/desired.ts'
import type { Rendered } from '../plan/plan.ts'
import { type Check, pass } from './check.ts'
import { lacking, type Permission, sayPermission } from './permissions.ts'

/** What helm does with each object: its waiter watches them, an upgrade patches them, an uninstall deletes them. */
const objectVerbs = ['create', 'get', 'list', 'watch', 'patch', 'delete']
/** Helm keeps its releases as Secrets. */
const storageVerbs = ['create', 'get', 'list', 'update', 'delete']
const leaseVerbs = ['create', 'get', 'update', 'delete']
const fluxVerbs = ['create', 'get', 'patch', 'delete']
const secretVerbs = ['create', 'get', 'patch', 'delete']
const shownAtMost = 12

const each = (verbs: readonly string[], rest: Omit<Permission, 'verb'>): Permission[] =>
  verbs.map((verb) => ({ verb, ...rest }))

const fluxKinds = [
  { group: 'helm.toolkit.fluxcd.io', resource: 'helmreleases' },
  { group: 'source.toolkit.fluxcd.io', resource: 'ocirepositories' },
]

/** Where the kind comes from: the cluster, or a definition that is installed before it. */
function kindOf(object: KubernetesObject, discovery: Discovery, definitions: readonly KubernetesObject[]) {
  const known = resourceOf(discovery, object)
  if (known) return { group: known.group, resource: known.plural, namespaced: known.namespaced }
  const [group = ''] = (object.apiVersion ?? '').split('/')
  const definition = definitions.find(
    (candidate) =>
      textAt(candidate, 'spec', 'group') === group && textAt(candidate, 'spec', 'names', 'kind') === object.kind,
  )
  const resource = textAt(definition, 'spec', 'names', 'plural')
  if (resource === undefined) return undefined
  return { group, resource, namespaced: at(definition, 'spec', 'scope') === 'Namespaced' }
}

/** Pure: all that installing, watching and removing this plane asks of the API server. */
export function permissionsFor(
  wanted: Desired,
  rendered: Rendered,
  discovery: Discovery,
  observed: Pick<Observed, 'namespaces'>,
): Permission[] {
  const all = [...rendered.values()].flat()
  const definitions = all.filter(({ kind }) => kind === 'CustomResourceDefinition')
  const [first] = wanted.namespaces
  const missing = wanted.namespaces.filter((name) => (observed.namespaces.get(name) ?? 'absent') !== 'others')
  const releases = wanted.releases.flatMap(({ name, namespace, via }) => {
    if (via === 'flux') {
      return fluxKinds.flatMap((kind) => each(fluxVerbs, { ...kind, namespace }))
    }
    const objects = (rendered.get(name) ?? []).flatMap((object) => {
      const kind = kindOf(object, discovery, definitions)
      if (kind === undefined) return []
      const place = kind.namespaced ? { namespace: object.metadata?.namespace ?? namespace } : {}
      return each(objectVerbs, { group: kind.group, resource: kind.resource, ...place })
    })
    return [...objects, ...each(storageVerbs, { group: '', resource: 'secrets', namespace })]
  })
  return [
    ...(missing.length > 0 ? each(['create', 'get', 'delete'], { group: '', resource: 'namespaces' }) : []),
    ...(first === undefined
      ? []
      : each(leaseVerbs, { group: 'coordination.k8s.io', resource: 'leases', namespace: first })),
    ...wanted.secrets.flatMap(({ namespace }) => each(secretVerbs, { group: '', resource: 'secrets', namespace })),
    ...releases,
  ]
}

export const rbacCreate: Check = {
  id: 'rbac.create',
  title: 'Permissions for what the charts create',
  strict: true,
  limitMs: 20_000,
  async look(facts, signal) {
    const [wanted, rendered, discovery, namespaces] = await Promise.all([
      facts.wanted(),
      facts.rendered(),
      facts.discovery(),
      // Whoever may not even look at what is there is told below what else is lacking.
      facts.observed().then(
        (observed) => observed.namespaces,
        () => new Map(),
      ),
    ])
    const needed = permissionsFor(wanted, rendered, discovery, { namespaces })
    const missing = await lacking(facts.client, needed, signal)
    if (missing.length === 0) return pass('This user may create, watch and remove all of it.')
    const said = missing.map(sayPermission)
    const more = said.length > shownAtMost ? ` and ${said.length - shownAtMost} more` : ''
    return {
      verdict: 'fail',
      message: `This user may not: ${said.slice(0, shownAtMost).join('; ')}${more}.`,
      hint: 'Ask whoever administers the cluster for these permissions, or use another user.',
      evidence: said.join('\n'),
    }
  },
}
