import { z } from 'zod'
import { PlanStep } from '../../../preload/contract/install.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'

/** The input of an operation, which its journal holds. It contains no secrets: of values only digests. */
export const OperationInput = z.looseObject({
  action: z.literal(['install', 'uninstall']),
  digest: z.string(),
  steps: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      kind: PlanStep.shape.kind,
      /** Absent in the journal of an earlier version, which ran one step after the other. */
      needs: PlanStep.shape.needs.optional(),
    }),
  ),
  /** Ids of the losses that the user accepted. */
  acceptedLosses: z.array(z.string()).default([]),
  /** Content digests by the name of the release. */
  desired: z.record(z.string(), z.string()).default({}),
  /** Chart digests by the name of the release. */
  charts: z.record(z.string(), z.string()).default({}),
})
export type OperationInput = z.infer<typeof OperationInput>

type InputStep = OperationInput['steps'][number]

export interface OrderedStep extends InputStep {
  readonly needs: string[]
  /** Durations are compared between runs of the same chart, for an install, an upgrade and so on. */
  readonly timedAs?: string | undefined
}

/** Pure: the steps that change something, with what each waits for. An earlier version ran one step after the other. */
export const orderedSteps = ({ steps, charts }: Pick<OperationInput, 'steps' | 'charts'>): OrderedStep[] =>
  steps
    .filter(({ kind }) => kind !== 'keep')
    .map((step, index, all) => {
      const { id, kind, needs = all.slice(0, index).map((each) => each.id) } = step
      const chart = id.startsWith('release:') ? charts[id.slice('release:'.length)] : undefined
      return { ...step, needs, timedAs: chart && `${kind} ${id} ${chart}` }
    })

export const toJson = (input: OperationInput): JsonObject => JSON.parse(JSON.stringify(input))
