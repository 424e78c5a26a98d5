import type { ComponentStatus, ObjectStatus } from '../../preload/contract/workloads.ts'
import type { Known } from './store.ts'

/** A line of the tree: a component, or one of the objects beneath it. */
export type WorkloadRow =
  | {
      readonly kind: 'component'
      readonly key: string
      readonly component: ComponentStatus
      readonly expanded: boolean
    }
  | { readonly kind: 'object'; readonly key: string; readonly object: ObjectStatus }

/** Objects of no component of the profile: they are there, so they are shown. */
export const otherId = '·other'

const byKindAndName = (left: ObjectStatus, right: ObjectStatus) =>
  left.kind.localeCompare(right.kind) || left.name.localeCompare(right.name)

/** The tree as lines: components in the profile's order, so that nothing moves when a state changes. */
export function workloadRows(known: Known, folded: ReadonlySet<string>): readonly WorkloadRow[] {
  const rows: WorkloadRow[] = []
  const placed = new Set<string>()
  const add = (component: ComponentStatus, objects: readonly ObjectStatus[]) => {
    const expanded = !folded.has(component.id)
    rows.push({ kind: 'component', key: component.id, component, expanded })
    if (!expanded) return
    for (const object of objects.toSorted(byKindAndName)) {
      rows.push({ kind: 'object', key: `${component.id}/${object.uid}`, object })
    }
  }
  for (const component of known.components) {
    const objects = component.objects.flatMap((uid) => known.objects.get(uid) ?? [])
    for (const { uid } of objects) placed.add(uid)
    add(component, objects)
  }
  const others = [...known.objects.values()].filter(({ uid }) => !placed.has(uid))
  if (others.length > 0) {
    add(
      {
        id: otherId,
        title: 'Other objects',
        summary: 'In the namespaces of the plane, of no component of its profile.',
        providedBy: '',
        health: 'unknown',
        reason: '',
        objects: [],
      },
      others,
    )
  }
  return rows
}
