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

/** Which rows are shown. */
interface RowFilter {
  /** Words that must all occur in the texts of a row. */
  readonly text: string
  readonly unhealthyOnly: boolean
}

const textsOf = (row: WorkloadRow): readonly (string | undefined)[] =>
  row.kind === 'component'
    ? [row.component.title, row.component.reason]
    : [row.object.kind, row.object.name, row.object.namespace, row.object.node, row.object.reason]

/**
 * The rows that match, each below its own component: that one stays where one of its objects matches, and where its title does,
 * all of its objects stay. Pure.
 */
export function matchingRows(rows: readonly WorkloadRow[], { text, unhealthyOnly }: RowFilter): readonly WorkloadRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0 && !unhealthyOnly) return rows
  const hasWords = (row: WorkloadRow) => {
    const own = textsOf(row).join(' ').toLowerCase()
    return words.every((word) => own.includes(word))
  }
  const isUnhealthy = (row: WorkloadRow) =>
    row.kind === 'component'
      ? row.component.id !== otherId && row.component.health !== 'healthy'
      : row.object.health !== 'healthy'
  const shown: WorkloadRow[] = []
  let heading: WorkloadRow | undefined
  let shownHeading: WorkloadRow | undefined
  for (const row of rows) {
    if (row.kind === 'component') heading = row
    const isNamed = hasWords(row) || (heading !== undefined && hasWords(heading))
    if (!isNamed || (unhealthyOnly && !isUnhealthy(row))) continue
    if (heading !== undefined && row !== heading && shownHeading !== heading) shown.push(heading)
    shownHeading = heading
    shown.push(row)
  }
  return shown
}
