import type { ObjectStatus } from '../../preload/contract/workloads.ts'
import { type Facets, healths, type WorkloadFilter } from './shown.ts'

export const facetNames = ['kinds', 'namespaces', 'nodes', 'healths'] as const satisfies (keyof Facets)[]
export type FacetName = (typeof facetNames)[number]

const attributes: Readonly<Record<FacetName, (object: ObjectStatus) => string | undefined>> = {
  kinds: ({ kind }) => kind,
  namespaces: ({ namespace }) => namespace,
  nodes: ({ node }) => node,
  healths: ({ health }) => health,
}

export const hasFacets = (facets: Facets): boolean => facetNames.some((name) => facets[name].length > 0)

export const isFiltered = (filter: WorkloadFilter): boolean =>
  hasFacets(filter) || filter.unhealthyOnly || filter.text.trim() !== ''

/** Whether the object has one of the chosen values of each attribute. Pure. */
export function hasChosen(object: ObjectStatus, facets: Facets): boolean {
  return facetNames.every((name) => {
    const chosen: readonly string[] = facets[name]
    const value = attributes[name](object)
    return chosen.length === 0 || (value !== undefined && chosen.includes(value))
  })
}

interface ValueCount {
  readonly value: string
  readonly count: number
}

/**
 * The values of an attribute among the objects, with their number, by name. Chosen ones stay in the list when the last object
 * with them is gone: otherwise nothing would show why the list is empty. Pure.
 */
export function facetChoices(objects: Iterable<ObjectStatus>, name: FacetName, chosen: Facets): readonly ValueCount[] {
  const counts = new Map<string, number>(chosen[name].map((value) => [value, 0]))
  for (const object of objects) {
    const value = attributes[name](object)
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  const choices = [...counts].map(([value, count]) => ({ value, count }))
  if (name !== 'healths') return choices.sort((a, b) => (a.value < b.value ? -1 : 1))
  const order: readonly string[] = healths
  const rank = ({ value }: ValueCount) => order.indexOf(value)
  return choices.sort((a, b) => rank(a) - rank(b))
}
