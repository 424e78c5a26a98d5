import type { ObjectStatus } from '../../preload/contract/workloads.ts'
import { healthOrder, type ShownHealth } from './health.ts'
import type { Sort, SortColumn } from './shown.ts'
import { type Branch, type ComponentBranch, otherId, type Totals } from './tree.ts'

/** A click sorts by the column, the next reverses it, the third returns to the order of the profile. */
export function nextSort(sort: Sort | undefined, column: SortColumn): Sort | undefined {
  if (sort?.column !== column) return { column, reversed: false }
  return sort.reversed ? undefined : { column, reversed: true }
}

type Key = string | number | undefined
interface Sorted {
  readonly name: string
  readonly health: ShownHealth
  readonly totals: Totals
  readonly image: string | undefined
  readonly since: string | undefined
}

const ready = ({ ready: count = 0, total }: Totals): Key =>
  total === undefined || total === 0 ? undefined : count / total
const time = (at: string | undefined): Key => (at === undefined ? undefined : -Date.parse(at))

const keys: Readonly<Record<SortColumn, (of: Sorted) => Key>> = {
  name: ({ name }) => name,
  health: ({ health }) => healthOrder.indexOf(health),
  ready: ({ totals }) => ready(totals),
  restarts: ({ totals: { restarts } }) => (restarts === undefined ? undefined : -restarts),
  image: ({ image }) => image,
  since: ({ since }) => time(since),
}

/** When an object entered its state; what does not report that is as old as its state. */
export const sinceOf = ({ since, createdAt }: ObjectStatus): string | undefined => since ?? createdAt

const ofComponent = ({ component, totals }: ComponentBranch): Sorted => ({
  name: component.title,
  health: component.health,
  totals,
  image: undefined,
  since: component.since,
})
const ofObject = ({ object, totals }: Branch): Sorted => ({
  name: object.name,
  health: object.health,
  totals,
  image: object.image,
  since: sinceOf(object),
})

/** Names with numbers in the order of the numbers, whatever the language of the computer. */
const { compare } = new Intl.Collator('en', { numeric: true })

/** What has no value is last, in either direction. */
function compareKeys(a: Key, b: Key, reversed: boolean): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : compare(String(a), String(b))
  return reversed ? -order : order
}

function sorted<Item>(items: readonly Item[], of: (item: Item) => Sorted, { column, reversed }: Sort): readonly Item[] {
  const keyed = items.map((item) => ({ item, key: keys[column](of(item)) }))
  // Equal ones keep their order.
  return keyed.sort((a, b) => compareKeys(a.key, b.key, reversed)).map(({ item }) => item)
}

const byKindAndName = (a: Branch, b: Branch): number =>
  compare(a.object.kind, b.object.kind) || compare(a.object.name, b.object.name)

/** The components in their order: without a sort that of the profile, so that rows do not move when a state changes. */
export function sortComponents(
  components: readonly ComponentBranch[],
  sort: Sort | undefined,
): readonly ComponentBranch[] {
  if (sort === undefined) return components
  const isOther = ({ component }: ComponentBranch) => component.id === otherId
  const own = components.filter((each) => !isOther(each))
  return [...sorted(own, ofComponent, sort), ...components.filter(isOther)]
}

/** Objects with the same owner in their order. Pure. */
export function sortBranches(branches: readonly Branch[], sort: Sort | undefined): readonly Branch[] {
  const named = branches.toSorted(byKindAndName)
  return sort === undefined ? named : sorted(named, ofObject, sort)
}
