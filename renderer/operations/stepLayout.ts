import type { StepNode } from './stepNodes.ts'

export interface PlacedNode {
  readonly node: StepNode
  /** From 0: after all nodes that it needs. */
  readonly column: number
  readonly row: number
}

export interface StepLayout {
  readonly placed: readonly PlacedNode[]
  readonly edges: readonly { readonly from: PlacedNode; readonly to: PlacedNode }[]
  readonly columns: number
  readonly rows: number
}

/**
 * Pure: nodes in columns, each right of those that it needs, and near their rows. The nodes are in an order in which each comes
 * after what it needs.
 */
export function stepLayout(nodes: readonly StepNode[]): StepLayout {
  const byId = new Map<string, PlacedNode>()
  const neededOf = ({ needs }: StepNode): PlacedNode[] => needs.flatMap((id) => byId.get(id) ?? [])
  const columnOf = new Map<string, number>()
  for (const { id, needs } of nodes)
    columnOf.set(id, Math.max(0, ...needs.map((each) => (columnOf.get(each) ?? -1) + 1)))
  const columns = Math.max(0, ...columnOf.values()) + (nodes.length > 0 ? 1 : 0)
  const placed: PlacedNode[] = []
  for (let column = 0; column < columns; column += 1) {
    const meanRow = (node: StepNode): number => {
      const needed = neededOf(node)
      return needed.length === 0 ? 0 : needed.reduce((sum, { row }) => sum + row, 0) / needed.length
    }
    const inColumn = nodes.filter(({ id }) => columnOf.get(id) === column).toSorted((a, b) => meanRow(a) - meanRow(b))
    for (const [row, node] of inColumn.entries()) {
      const place = { node, column, row }
      byId.set(node.id, place)
      placed.push(place)
    }
  }
  const edges = placed.flatMap((to) => neededOf(to.node).map((from) => ({ from, to })))
  return { placed, edges, columns, rows: Math.max(0, ...placed.map(({ row }) => row + 1)) }
}
