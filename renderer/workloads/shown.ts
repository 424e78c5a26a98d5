import type { Health } from '../../preload/contract/workloads.ts'

/** Chosen values of an attribute of objects; an empty list: all. */
export interface Facets {
  readonly kinds: readonly string[]
  readonly namespaces: readonly string[]
  readonly nodes: readonly string[]
  readonly healths: readonly Health[]
}

/** Which objects are shown. */
export interface WorkloadFilter extends Facets {
  /** Words that must all occur in the texts of a row. */
  readonly text: string
  readonly unhealthyOnly: boolean
}

const noFacets: Facets = { kinds: [], namespaces: [], nodes: [], healths: [] }
export const noWorkloadFilter: WorkloadFilter = { ...noFacets, text: '', unhealthyOnly: false }

/** Worst first. The contract has the same list, with schemas that the first view does not need. */
export const healths = [
  'degraded',
  'missing',
  'unknown',
  'progressing',
  'suspended',
  'healthy',
] as const satisfies Health[]

export const sortColumns = ['name', 'health', 'ready', 'restarts', 'image', 'since'] as const
export type SortColumn = (typeof sortColumns)[number]

/** Each column begins with what is looked for: the worst, the fewest ready, the most restarts, the newest change. */
export interface Sort {
  readonly column: SortColumn
  readonly reversed: boolean
}

/** What the view of a plane shows. It is in the address. */
export interface ShownWorkloads {
  /** The key of the row whose drawer is open, or `allEvents`. */
  readonly object: string | undefined
  readonly filter: WorkloadFilter
  /** Undefined: the order of the profile. */
  readonly sort: Sort | undefined
}

/** The drawer with the events of the plane. */
export const allEvents = '·events'

export const allWorkloads: ShownWorkloads = { object: undefined, filter: noWorkloadFilter, sort: undefined }
