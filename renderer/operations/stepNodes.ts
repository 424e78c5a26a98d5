import type { StepProgress } from '../../preload/contract/operations.ts'

const groupIds = ['namespace', 'secret', 'claim'] as const
type StepGroup = (typeof groupIds)[number]

/** A node of the graph: one step, or several of one kind that can run at the same time. */
export interface StepNode {
  readonly id: string
  /** Undefined: a single step. */
  readonly group: StepGroup | undefined
  readonly steps: readonly [StepProgress, ...StepProgress[]]
  readonly needs: readonly string[]
}

/** Ids begin with the kind of what the step is about; `main/install/plan` makes them. */
const groupOf = ({ id }: StepProgress): StepGroup | undefined => groupIds.find((group) => id.startsWith(`${group}:`))

/**
 * Steps as nodes: namespaces, secrets and claims of a plane are many, and each is done in a moment, so that one node has all
 * that need the same. Steps are in an order in which each comes after what it needs. Pure.
 */
export function stepNodes(steps: readonly StepProgress[]): readonly StepNode[] {
  // By the longest way to them: no step of a group needs another of it.
  const depth = new Map<string, number>()
  for (const { id, needs } of steps) depth.set(id, Math.max(0, ...needs.map((each) => (depth.get(each) ?? -1) + 1)))
  const keyOf = (step: StepProgress): string => {
    const group = groupOf(step)
    return group === undefined ? step.id : `${group} ${depth.get(step.id)}`
  }
  const members = [...Map.groupBy(steps, keyOf).values()]
  const nodeOf = new Map(members.flatMap((each) => each.map(({ id }) => [id, each[0]?.id ?? id] as const)))
  return members.flatMap(([first, ...more]): StepNode[] => {
    if (first === undefined) return []
    const all = [first, ...more] as const
    const needs = new Set(all.flatMap((step) => step.needs.map((id) => nodeOf.get(id) ?? id)))
    return [{ id: first.id, group: more.length > 0 ? groupOf(first) : undefined, steps: all, needs: [...needs] }]
  })
}

const worstFirst = ['failed', 'running', 'pending', 'done', 'skipped'] as const satisfies StepProgress['state'][]

/** The step that a node has the state of: one that failed, else one that runs, else one that waits. Pure. */
export function leadingStep({ steps }: StepNode): StepProgress {
  const state = worstFirst.find((each) => steps.some((step) => step.state === each))
  return steps.find((step) => step.state === state) ?? steps[0]
}
