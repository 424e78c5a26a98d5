import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { Operation } from './operations.ts'
import { procedure } from './problem.ts'
import { ObjectReference, Timestamp, Verdict } from './words.ts'

/** The result of one preflight check. If a strict check fails, the install does not start. */
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
  /** The current and the planned state as text, such as chart version and revision. */
  before: z.string(),
  after: z.string(),
  /** The objects that the step creates, changes or deletes. */
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
  /** Over steps, values and charts. An operation starts only if the digest of the plan that was shown still applies. */
  digest: z.string(),
})
export type Plan = z.infer<typeof Plan>

const PlaneId = z.strictObject({ planeId: z.uuid() })

export const install = {
  preflight: procedure.input(PlaneId).output(eventIterator(PreflightEvent)),
  plan: procedure
    .input(z.strictObject({ planeId: z.uuid(), action: z.literal(['install', 'uninstall']) }))
    .output(Plan),
  /** Starts the operation of the plan that was shown. Throws PLAN_STALE if the plan has changed since. */
  start: procedure
    .input(z.strictObject({ planeId: z.uuid(), action: z.literal(['install', 'uninstall']), digest: z.string() }))
    .output(Operation),
}
