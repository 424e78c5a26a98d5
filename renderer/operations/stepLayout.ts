import type { StepProgress } from '../../preload/contract/operations.ts'

export interface PlacedStep {
  readonly step: StepProgress
  /** From 0: after all steps that it needs. */
  readonly column: number
  readonly row: number
}

export interface StepLayout {
  readonly placed: readonly PlacedStep[]
  readonly edges: readonly { readonly from: PlacedStep; readonly to: PlacedStep }[]
  readonly columns: number
  readonly rows: number
}

/**
 * Pure: steps in columns, each right of those that it needs, and near their rows. The steps are in an order in which each comes
 * after what it needs.
 */
export function stepLayout(steps: readonly StepProgress[]): StepLayout {
  const byId = new Map<string, PlacedStep>()
  const neededOf = ({ needs }: StepProgress): PlacedStep[] => needs.flatMap((id) => byId.get(id) ?? [])
  const columnOf = new Map<string, number>()
  for (const { id, needs } of steps)
    columnOf.set(id, Math.max(0, ...needs.map((each) => (columnOf.get(each) ?? -1) + 1)))
  const columns = Math.max(0, ...columnOf.values()) + (steps.length > 0 ? 1 : 0)
  const placed: PlacedStep[] = []
  for (let column = 0; column < columns; column += 1) {
    const meanRow = (step: StepProgress): number => {
      const needed = neededOf(step)
      return needed.length === 0 ? 0 : needed.reduce((sum, { row }) => sum + row, 0) / needed.length
    }
    const inColumn = steps.filter(({ id }) => columnOf.get(id) === column).toSorted((a, b) => meanRow(a) - meanRow(b))
    for (const [row, step] of inColumn.entries()) {
      const place = { step, column, row }
      byId.set(step.id, place)
      placed.push(place)
    }
  }
  const edges = placed.flatMap((to) => neededOf(to.step).map((from) => ({ from, to })))
  return { placed, edges, columns, rows: Math.max(0, ...placed.map(({ row }) => row + 1)) }
}
