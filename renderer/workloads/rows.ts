import type { ObjectStatus } from '../../preload/contract/workloads.ts'
import { t } from '../strings/t.ts'
import type { ShownComponent } from './health.ts'
import type { WorkloadsSnapshot } from './store.ts'

/** With the components as the window shows them. */
export type ShownSnapshot = Omit<WorkloadsSnapshot, 'components'> & { readonly components: readonly ShownComponent[] }

/** A row of the tree: a component, or one of its objects. */
export type WorkloadRow =
  | {
      readonly kind: 'component'
      readonly key: string
      readonly component: ShownComponent
      readonly expanded: boolean
    }
  | { readonly kind: 'object'; readonly key: string; readonly object: ObjectStatus }

/** The group of objects that belong to no component of the profile. */
export const otherId = '·other'

const byKindAndName = (left: ObjectStatus, right: ObjectStatus) =>
  left.kind.localeCompare(right.kind) || left.name.localeCompare(right.name)

/** The rows of the tree; components in the profile's order, so that rows do not move when a state changes. */
export function workloadRows(snapshot: ShownSnapshot, folded: ReadonlySet<string>): readonly WorkloadRow[] {
  const rows: WorkloadRow[] = []
  const placed = new Set<string>()
  const add = (component: ShownComponent, objects: readonly ObjectStatus[]) => {
    const expanded = !folded.has(component.id)
    rows.push({ kind: 'component', key: component.id, component, expanded })
    if (!expanded) return
    for (const object of objects.toSorted(byKindAndName)) {
      rows.push({ kind: 'object', key: `${component.id}/${object.uid}`, object })
    }
  }
  for (const component of snapshot.components) {
    const objects = component.objects.flatMap((uid) => snapshot.objects.get(uid) ?? [])
    for (const { uid } of objects) placed.add(uid)
    add(component, objects)
  }
  const others = [...snapshot.objects.values()].filter(({ uid }) => !placed.has(uid))
  if (others.length > 0) {
    add(
      {
        id: otherId,
        title: t('workloads.otherTitle'),
        summary: t('workloads.other'),
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
