import type { ObjectStatus } from '../../preload/contract/workloads.ts'
import { hasChosen, hasFacets, isFiltered } from './filter.ts'
import type { ShownComponent } from './health.ts'
import type { Sort, WorkloadFilter } from './shown.ts'
import { sortBranches, sortComponents } from './sort.ts'
import { type Branch, type ComponentBranch, otherId, type Totals } from './tree.ts'

/** A row of the tree: a component, or one of its objects. */
export type WorkloadRow =
  | {
      readonly kind: 'component'
      readonly key: string
      readonly component: ShownComponent
      readonly totals: Totals
      readonly level: 1
      /** Absent for a component without objects that match. */
      readonly expanded?: boolean
    }
  | {
      readonly kind: 'object'
      readonly key: string
      readonly object: ObjectStatus
      readonly totals: Totals
      readonly level: number
      /** Absent for an object that made no other one. */
      readonly expanded?: boolean
    }

interface RowChoice {
  readonly filter: WorkloadFilter
  readonly sort: Sort | undefined
  /** Keys of folded rows. */
  readonly folded: ReadonlySet<string>
}

export interface ShownRows {
  readonly rows: readonly WorkloadRow[]
  /** Objects that match the filter, also those in folded rows. */
  readonly matching: number
}

/**
 * The rows of the tree that match, each below what made it and its own component, which stay where one below them matches.
 * Where the title of a component has the words, all of its objects have them. Pure.
 */
export function workloadRows(tree: readonly ComponentBranch[], { filter, sort, folded }: RowChoice): ShownRows {
  const rows: WorkloadRow[] = []
  let matching = 0
  const matches = filterOf(filter)
  for (const { component, roots, totals } of sortComponents(tree, sort)) {
    const named = matches.words([component.title, component.reason])
    const found = new Set<Branch>()
    for (const root of roots) matching += collect(root, (object) => matches.object(object, named), found)
    if (found.size === 0 && !(named && matches.component(component))) continue
    const expanded = found.size === 0 ? undefined : !folded.has(component.id)
    rows.push({
      kind: 'component',
      key: component.id,
      component,
      totals,
      level: 1,
      ...(expanded !== undefined && { expanded }),
    })
    if (expanded === true) addBranches(rows, roots, 2, found, { sort, folded })
  }
  return { rows, matching }
}

/** Adds what matches, and what it is below, to `found`. Returns the number of matching objects. */
function collect(branch: Branch, matches: (object: ObjectStatus) => boolean, found: Set<Branch>): number {
  let count = matches(branch.object) ? 1 : 0
  for (const child of branch.children) count += collect(child, matches, found)
  if (count > 0) found.add(branch)
  return count
}

function addBranches(
  rows: WorkloadRow[],
  branches: readonly Branch[],
  level: number,
  found: ReadonlySet<Branch>,
  choice: Pick<RowChoice, 'sort' | 'folded'>,
): void {
  const shown = branches.filter((branch) => found.has(branch))
  for (const { object, children, totals } of sortBranches(shown, choice.sort)) {
    const key = object.uid
    const below = children.filter((child) => found.has(child))
    const expanded = below.length === 0 ? undefined : !choice.folded.has(key)
    rows.push({ kind: 'object', key, object, totals, level, ...(expanded !== undefined && { expanded }) })
    if (expanded === true) addBranches(rows, below, level + 1, found, choice)
  }
}

function filterOf(filter: WorkloadFilter) {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  const hasWords = (texts: readonly (string | undefined)[]): boolean => {
    if (words.length === 0) return true
    const own = texts.join(' ').toLowerCase()
    return words.every((word) => own.includes(word))
  }
  const { unhealthyOnly } = filter
  return {
    words: hasWords,
    /** A component without a matching object: facets choose among objects. */
    component: ({ id, health }: ShownComponent): boolean =>
      !hasFacets(filter) && (!unhealthyOnly || (id !== otherId && health !== 'healthy')),
    object: (object: ObjectStatus, named: boolean): boolean => {
      const { kind, name, namespace, node, image, health, reason } = object
      if (unhealthyOnly && health === 'healthy') return false
      if (!hasChosen(object, filter)) return false
      return named || hasWords([kind, name, namespace, node, image, reason])
    },
  }
}

/** A filter looks into folded rows, too. */
export const foldedWith = (filter: WorkloadFilter, folded: ReadonlySet<string>): ReadonlySet<string> =>
  isFiltered(filter) ? noneFolded : folded

const noneFolded: ReadonlySet<string> = new Set()
