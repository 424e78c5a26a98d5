import { z } from 'zod'
import { PlanStep } from '../../../preload/contract/install.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'

/** The input of an operation, which its journal holds. It contains no secrets: of values only digests. */
export const OperationInput = z.looseObject({
  action: z.literal(['install', 'uninstall']),
  digest: z.string(),
  steps: z.array(z.object({ id: z.string(), title: z.string(), kind: PlanStep.shape.kind })),
  /** Ids of the losses that the user accepted. */
  acceptedLosses: z.array(z.string()).default([]),
  /** Content digests by the name of the release. */
  desired: z.record(z.string(), z.string()).default({}),
  /** Chart digests by the name of the release. */
  charts: z.record(z.string(), z.string()).default({}),
})
export type OperationInput = z.infer<typeof OperationInput>

export const toJson = (input: OperationInput): JsonObject => JSON.parse(JSON.stringify(input))
