import type { Plan, PlanLoss, PlanStep } from '../../../preload/contract/install.ts'
import type { Json } from '../../lib/rules/substitution.ts'
import { asJson } from '../observe/kubernetes-object.ts'
import type { Desired } from './desired.ts'

/** A chart can render some values anew each time; what the plan was made against are those of the cluster. */
const withoutRenderedValues = (step: PlanStep): PlanStep => ({
  ...step,
  changes: step.changes.map((change) => ({
    ...change,
    fields: change.fields.map((field) => ({ ...field, after: null })),
  })),
})

const withoutRenderedLoss = (loss: PlanLoss): PlanLoss => (loss.kind === 'overwrite' ? { ...loss, message: '' } : loss)

/**
 * What a plan is identified by: its steps against the cluster, and of an install (`desired`) the digests of charts, values and
 * credentials. Equal subjects do the same to the same state. Pure.
 */
export const subjectOf = ({ steps, losses, ways }: Pick<Plan, 'steps' | 'losses' | 'ways'>, desired?: Desired): Json =>
  asJson({
    steps: steps.map(withoutRenderedValues),
    losses: losses.map(withoutRenderedLoss),
    ways,
    ...(desired !== undefined && {
      content: desired.releases.map(({ name, contentDigest, chart }) => ({
        name,
        desired: contentDigest,
        chart: chart.digest,
      })),
      secrets: desired.secrets.map(({ contentDigest }) => contentDigest),
    }),
  })
