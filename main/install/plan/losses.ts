import type { PlanLoss } from '../../../preload/contract/install.ts'
import type { ObjectReference } from '../../../preload/contract/words.ts'
import { at, type KubernetesObject, listAt, nameOf, textAt } from '../observe/kubernetes-object.ts'
import { isHook, isKept, referenceIn } from '../observe/manifest.ts'
import type { Revision } from '../observe/releases.ts'

/** How many objects of its kind a custom resource definition has, by its name. Absent: unknown. */
export type InstanceCounts = ReadonlyMap<string, number>

type Loss = Omit<PlanLoss, 'step'>

const placeOf = ({ namespace, name }: ObjectReference): string =>
  namespace === undefined ? name : `${namespace}/${name}`

/** What goes with an object that helm deletes and that no chart, profile or vault can restore. */
function lossOf(object: KubernetesObject, namespace: string, instances: InstanceCounts): Loss | undefined {
  const reference = referenceIn(object, namespace)
  const place = placeOf(reference)
  const loss = (kind: Loss['kind'], message: string): Loss => ({
    id: `${kind}:${place}`,
    kind,
    message,
    objects: [reference],
  })
  switch (object.kind) {
    case 'PersistentVolumeClaim':
      return loss('claim', `PersistentVolumeClaim ${place} and its data are deleted.`)
    case 'PersistentVolume':
      return loss('volume', `PersistentVolume ${place} is deleted.`)
    case 'StatefulSet':
      return deletesItsClaims(object)
        ? loss('claim', `The volume claims of StatefulSet ${place} and their data are deleted with it.`)
        : undefined
    case 'CustomResourceDefinition':
      return loss('definition', `CustomResourceDefinition ${place} is deleted, and ${instancesOf(place, instances)}.`)
    case 'Namespace':
      return loss('namespace', `Namespace ${place} is deleted with everything in it.`)
    case 'Secret':
      return loss('secret', `Secret ${place} is deleted. Values that its chart generated cannot be restored.`)
    default:
      return undefined
  }
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention */
const deletesItsClaims = (object: KubernetesObject): boolean =>
  listAt(object, 'spec', 'volumeClaimTemplates').length > 0 &&
  textAt(object, 'spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted') === 'Delete'

function instancesOf(definition: string, instances: InstanceCounts): string {
  const count = instances.get(definition)
  if (count === undefined) return 'every object of its kind in the cluster'
  if (count === 0) return 'there are no objects of its kind now'
  return `with it ${count === 1 ? 'the 1 object' : `all ${count} objects`} of its kind in the cluster`
}

const identity = (object: KubernetesObject, namespace: string): string =>
  `${object.kind} ${placeOf(referenceIn(object, namespace))}`

/** The objects of the last revision that helm deletes: all of them, or those that the next revision no longer has. */
export function deletedObjects(
  last: Revision | undefined,
  namespace: string,
  next: readonly KubernetesObject[] = [],
): readonly KubernetesObject[] {
  const stays = new Set(next.filter((object) => !isHook(object)).map((object) => identity(object, namespace)))
  return (last?.objects ?? []).filter((object) => !isKept(object) && !stays.has(identity(object, namespace)))
}

/** Pure: what is lost when helm deletes these objects. */
export const lossesOf = (
  deleted: readonly KubernetesObject[],
  namespace: string,
  instances: InstanceCounts,
): readonly Loss[] => deleted.flatMap((object) => lossOf(object, namespace, instances) ?? [])

/** The kind that a definition defines, for counting its objects. */
function definedKind(object: KubernetesObject): { readonly apiVersion: string; readonly kind: string } | undefined {
  if (object.kind !== 'CustomResourceDefinition') return undefined
  const group = textAt(object, 'spec', 'group')
  const kind = textAt(object, 'spec', 'names', 'kind')
  const version = listAt(object, 'spec', 'versions').find((each) => at(each, 'served') === true)
  const name = textAt(version, 'name')
  return group === undefined || kind === undefined || name === undefined
    ? undefined
    : { apiVersion: `${group}/${name}`, kind }
}

/** Pure: the custom resource definitions among the objects that the plan may delete. */
export const definitionsIn = (objects: readonly KubernetesObject[]) =>
  objects.flatMap((object) => {
    const kind = definedKind(object)
    return kind === undefined ? [] : [{ name: nameOf(object), kind }]
  })
