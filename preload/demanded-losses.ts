import type { Plan, PlanLoss } from './contract/install.ts'

/** The losses that an operation asks for: all but those of a step that leaves its release as it is. `accepted`: ids of ways out. */
export const demandedLosses = (
  { losses, ways }: Pick<Plan, 'losses' | 'ways'>,
  accepted: readonly string[],
): readonly PlanLoss[] => {
  const kept = new Set(ways.filter(({ kind, id }) => kind === 'keep' && accepted.includes(id)).map(({ step }) => step))
  return losses.filter(({ step }) => !kept.has(step))
}
