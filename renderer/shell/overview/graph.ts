import type { EndpointRow } from '../../../preload/contract/connectivity.ts'
import type { Scope } from '../../../preload/contract/profiles.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import { worstVerdict } from '../../../preload/verdicts.ts'
import { type Matrix, verdictOf } from '../../connectivity/matrix/matrix.ts'
import type { ShownComponent, ShownHealth } from '../../workloads/health.ts'

/** A component of the plane. `health` is undefined where the cluster has not reported it. */
export interface MapComponent {
  readonly id: string
  readonly title: string
  readonly health: ShownHealth | undefined
  readonly reason: string
  /** Run by the vendor: this cluster cannot show its health. */
  readonly vendor: boolean
}

/** `unchecked`: no result yet, or none that says anything. */
export type EdgeState = Verdict | 'checking' | 'unchecked'

/** A connection between a component and something outside of it; one row of the connectivity table, or several. */
export interface MapEdge {
  readonly id: string
  readonly endpoints: readonly string[]
  readonly component: string
  /** Of the other end. */
  readonly title: string
  /** "host:port"; empty where it is not configured, and for several rows. */
  readonly destination: string
  readonly protocol: string
  readonly direction: EndpointRow['direction']
  readonly scope: Scope
  readonly state: EdgeState
  /** Cause of the worst result; empty on a pass. */
  readonly cause: string
}

export interface PlaneGraph {
  readonly components: readonly MapComponent[]
  readonly edges: readonly MapEdge[]
}

/** More destinations make a picture that nobody reads: then one edge stands for all rows of a component in a scope. */
export const edgesShownSingly = 24

/** The components and connections of a plane, in the order of its profile: a verdict never moves anything. Pure. */
export function planeGraph(
  rows: readonly EndpointRow[],
  components: readonly ShownComponent[],
  matrix: Matrix,
): PlaneGraph {
  const known = new Set(components.map(({ id }) => id))
  const unreported = new Map(
    rows
      .filter(({ component }) => !known.has(component))
      .map(({ component, componentTitle }) => [component, componentTitle]),
  )
  return {
    components: [
      ...components.map(({ id, title, health, reason, providedBy }) => ({
        id,
        title,
        health,
        reason,
        vendor: providedBy === 'vendor',
      })),
      ...[...unreported].map(([id, title]) => ({ id, title, health: undefined, reason: '', vendor: false })),
    ],
    edges: rows.length <= edgesShownSingly ? rows.map((row) => edgeOf(row, matrix)) : groupedEdges(rows, matrix),
  }
}

function edgeOf(row: EndpointRow, matrix: Matrix): MapEdge {
  const { id, component, title, host, port, protocol, direction, scope } = row
  const cells = Object.values(matrix.cells[id] ?? {})
  const state = stateOf(cells)
  const worst = cells.find((cell) => verdictOf(cell) === state)
  return {
    id,
    endpoints: [id],
    component,
    title,
    destination: host === '' ? '' : `${host}:${port}`,
    protocol,
    direction,
    scope: scopeOf(scope),
    state,
    cause: (worst?.result ?? worst?.previous)?.cause ?? '',
  }
}

const scopes = ['cluster', 'vpc', 'external'] as const satisfies Scope[]

/** A scope that this window does not know yet is outside. */
const scopeOf = (name: string): Scope => scopes.find((scope) => scope === name) ?? 'external'

/** While a row is checked it says so; one that still waits keeps its last verdict. */
function stateOf(cells: readonly Matrix['cells'][string][string][]): EdgeState {
  if (cells.some(({ state }) => state === 'checking')) return 'checking'
  return worstVerdict(cells.flatMap((cell) => verdictOf(cell) ?? [])) ?? 'unchecked'
}

function groupedEdges(rows: readonly EndpointRow[], matrix: Matrix): MapEdge[] {
  const groups = Map.groupBy(rows, ({ component, scope, direction }) => `${component}/${scope}/${direction}`)
  return [...groups].flatMap(([id, members]) => {
    const edges = members.map((row) => edgeOf(row, matrix))
    const [first] = edges
    if (first === undefined) return []
    if (edges.length === 1) return [first]
    const state = edges.some((edge) => edge.state === 'checking')
      ? 'checking'
      : (worstVerdict(edges.flatMap((edge) => (isVerdict(edge.state) ? [edge.state] : []))) ?? 'unchecked')
    return [
      {
        ...first,
        id,
        endpoints: members.map((row) => row.id),
        title: '',
        destination: '',
        protocol: [...new Set(edges.map(({ protocol }) => protocol))].join(', '),
        state,
        cause: edges.find((edge) => edge.state === state)?.cause ?? '',
      },
    ]
  })
}

const isVerdict = (state: EdgeState): state is Verdict => state !== 'checking' && state !== 'unchecked'
