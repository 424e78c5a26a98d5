import { at, listAt, nameOf, textAt } from '../../observe/kubernetes-object.ts'
import type { PlacedObject } from '../../observe/live-objects.ts'

export interface RenderedClaim {
  /** `NAMESPACE/KIND NAME` */
  readonly of: string
  /** Empty: the default class. */
  readonly storageClass: string
  readonly accessModes: readonly string[]
}

/** Pure: the claims of the charts, and those of their StatefulSets. */
export const claimsOf = (objects: readonly PlacedObject[]): RenderedClaim[] =>
  objects.flatMap(({ namespace, object }) => {
    const specs =
      object.kind === 'PersistentVolumeClaim'
        ? [object.spec]
        : object.kind === 'StatefulSet'
          ? listAt(object, 'spec', 'volumeClaimTemplates').map((template) => at(template, 'spec'))
          : []
    return specs.map((spec) => ({
      of: `${namespace}/${object.kind} ${nameOf(object)}`,
      storageClass: textAt(spec, 'storageClassName') ?? '',
      accessModes: listAt(spec, 'accessModes').map(String),
    }))
  })
