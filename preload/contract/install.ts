import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { Operation } from './operations.ts'
import { procedure } from './problem.ts'
import { ObjectReference, Timestamp, Verdict } from './words.ts'

/** One preflight check's answer. A strict failure cannot be passed over. */
export const PreflightResult = z.strictObject({
  id: z.string(),
  title: z.string(),
  verdict: Verdict,
  strict: z.boolean(),
  message: z.string(),
  hint: z.string(),
  evidence: z.string(),
  elapsedMs: z.number(),
})
export type PreflightResult = z.infer<typeof PreflightResult>

export const PreflightReport = z.strictObject({
  schemaVersion: z.literal(1),
  startedAt: Timestamp,
  context: z.string(),
  results: z.array(PreflightResult),
})
export type PreflightReport = z.infer<typeof PreflightReport>

export const PreflightEvent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('started'),
    checks: z.array(z.strictObject({ id: z.string(), title: z.string() })),
  }),
  z.strictObject({ kind: z.literal('result'), result: PreflightResult }),
  z.strictObject({ kind: z.literal('finished'), report: PreflightReport }),
])
export type PreflightEvent = z.infer<typeof PreflightEvent>

export const PlanStep = z.strictObject({
  id: z.string(),
  title: z.string(),
  kind: z.literal([
    'namespace',
    'secret',
    'helm-install',
    'helm-upgrade',
    'helm-uninstall',
    'helm-recover',
    'flux-apply',
    'flux-delete',
    'delete',
    'verify',
    'keep',
  ]),
  release: z.string().optional(),
  namespace: z.string().optional(),
  chart: z.string().optional(),
  /** What is there now and what will be, in words: chart version, revision. */
  before: z.string(),
  after: z.string(),
  /** What the step will create or change. */
  objects: z.array(ObjectReference),
  notes: z.array(z.string()),
})
export type PlanStep = z.infer<typeof PlanStep>

export const Plan = z.strictObject({
  schemaVersion: z.literal(1),
  planeId: z.uuid().optional(),
  action: z.literal(['install', 'uninstall']),
  createdAt: Timestamp,
  context: z.string(),
  steps: z.array(PlanStep),
  /** Of the steps, values and charts: an operation starts only on the plan that was shown. */
  digest: z.string(),
})
export type Plan = z.infer<typeof Plan>

const PlaneId = z.strictObject({ planeId: z.uuid() })

export const install = {
  preflight: procedure.input(PlaneId).output(eventIterator(PreflightEvent)),
  plan: procedure
    .input(z.strictObject({ planeId: z.uuid(), action: z.literal(['install', 'uninstall']) }))
    .output(Plan),
  /** Starts the operation on the plan that was shown. PLAN_STALE if it would be another one now. */
  start: procedure
    .input(z.strictObject({ planeId: z.uuid(), action: z.literal(['install', 'uninstall']), digest: z.string() }))
    .output(Operation),
}
