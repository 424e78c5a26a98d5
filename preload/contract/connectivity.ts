import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { procedure } from './problem.ts'
import { Timestamp, Verdict } from './words.ts'

/** Where a check was run from. */
export const Vantage = z.strictObject({
  kind: z.literal(['computer', 'pod', 'node', 'component']),
  name: z.string(),
})
export type Vantage = z.infer<typeof Vantage>

export const Stage = z.literal(['config', 'dns', 'tcp', 'proxy', 'tls', 'identity', 'auth'])
export type Stage = z.infer<typeof Stage>

/** What one stage saw. */
export const StageResult = z.strictObject({
  stage: Stage,
  verdict: Verdict,
  /** Milliseconds that the stage took. */
  ms: z.number().nonnegative(),
  /** What was seen, in words; secrets removed; at most 2,048 characters. */
  evidence: z.string().max(2_048),
})
export type StageResult = z.infer<typeof StageResult>

/** One endpoint from one vantage. `cause` is a stable code, empty on a plain pass. */
export const Result = z.strictObject({
  endpoint: z.string(),
  vantage: Vantage,
  verdict: Verdict,
  cause: z.string(),
  hint: z.string(),
  stages: z.array(StageResult),
})
export type Result = z.infer<typeof Result>

/** What several results together say. */
export const Finding = z.strictObject({
  cause: z.string(),
  endpoints: z.array(z.string()),
  vantages: z.array(Vantage),
  hint: z.string(),
  evidence: z.string(),
})
export type Finding = z.infer<typeof Finding>

export const ConnectivityReport = z.strictObject({
  schemaVersion: z.literal(1),
  startedAt: Timestamp,
  results: z.array(Result),
  findings: z.array(Finding),
})
export type ConnectivityReport = z.infer<typeof ConnectivityReport>

/** What a row is about, for the matrix: the profile's row with the plane's settings put in. */
export const EndpointRow = z.strictObject({
  id: z.string(),
  component: z.string(),
  componentTitle: z.string(),
  title: z.string(),
  host: z.string(),
  port: z.int(),
  protocol: z.string(),
  direction: z.string(),
  scope: z.string(),
  required: z.boolean(),
  inspection: z.string(),
  note: z.string(),
})
export type EndpointRow = z.infer<typeof EndpointRow>

export const CheckEvent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('started'),
    startedAt: Timestamp,
    rows: z.array(z.strictObject({ endpoint: z.string(), vantage: Vantage })),
  }),
  z.strictObject({ kind: z.literal('stage'), endpoint: z.string(), vantage: Vantage, stage: StageResult }),
  z.strictObject({ kind: z.literal('result'), result: Result }),
  z.strictObject({ kind: z.literal('finished'), report: ConnectivityReport }),
])
export type CheckEvent = z.infer<typeof CheckEvent>

export const connectivity = {
  rows: procedure.input(z.strictObject({ planeId: z.uuid() })).output(z.array(EndpointRow)),
  /** Streams events as they come; abort to stop. Without `endpoints`: the whole table. */
  check: procedure
    .input(z.strictObject({ planeId: z.uuid(), endpoints: z.array(z.string()).optional() }))
    .output(eventIterator(CheckEvent)),
  /** The last report that was kept, if any. */
  last: procedure.input(z.strictObject({ planeId: z.uuid() })).output(ConnectivityReport.nullable()),
}
