import { type Fields, fieldsIn, textIn } from './fields.ts'
import { progressingUntil } from './limits.ts'
import type { Assessment, Subject } from './object.ts'

/** How a field of the status with one word is read. */
export interface PhaseTable {
  /** Its path in `status`, such as `phase` or `health.status`. */
  readonly path: string
  readonly healthy: RegExp
  readonly degraded: RegExp
  readonly suspended?: RegExp
  /** Words of progress; absent: all others. */
  readonly progressing?: RegExp
  /** How long it may progress, counted from its creation; absent: no limit. */
  readonly limitMs?: number
}

/**
 * The words of most controllers, in any case: Elasticsearch uses colours. "Running" is not among them: a server that runs
 * is well, a workflow that runs is not done.
 */
const wordsOfMost = {
  healthy:
    /^(ready|active|healthy|succeeded|success|available|bound|completed?|synced|deployed|installed|provisioned|valid|online|green)$/i,
  degraded:
    /^(degraded|unhealthy|unavailable|invalid|lost|rejected|offline|crashed|red)$|^failed|(failed|failure|error|errored)$/i,
  suspended: /^(paused|suspended|stopped|disabled|hibernated)$/i,
  progressing:
    /^(pending|new|queued|in ?progress|creating|progressing|provisioning|initiali[sz]ing|updating|upgrading|deploying|installing|scaling|reconciling|starting|waiting|binding|deleting|terminating|yellow)$/i,
}

/** For kinds without a table: usual words of usual fields. A word that is not known says nothing. */
export const phasesOfMost: readonly PhaseTable[] = ['phase', 'state', 'health.status', 'health'].map((path) => ({
  path,
  ...wordsOfMost,
}))

/** The health that the field reports; undefined without it, and for words that the table does not have. */
export function fromPhase(
  { metadata, status }: Subject,
  { path, healthy, degraded, suspended, progressing, limitMs }: PhaseTable,
  nowMs: number,
): Assessment | undefined {
  const phase = textAt(status, path)
  if (phase === undefined) return undefined
  const why = textIn(status, 'reason') ?? textIn(status, 'message') ?? textIn(fieldsIn(status, 'health'), 'message')
  const reason = why === undefined ? phase : `${phase}: ${why}`
  if (healthy.test(phase)) return { health: 'healthy', reason }
  if (degraded.test(phase)) return { health: 'degraded', reason, since: textIn(status, 'failureTime') }
  if (suspended?.test(phase) === true) return { health: 'suspended', reason }
  if (progressing?.test(phase) === false) return undefined
  if (limitMs === undefined) return { health: 'progressing', reason }
  return progressingUntil(limitMs, { reason, since: metadata.creationTimestamp }, nowMs)
}

function textAt(status: Fields | undefined, path: string): string | undefined {
  const keys = path.split('.')
  const last = keys.pop() ?? path
  return textIn(
    keys.reduce<Fields | undefined>((parent, key) => fieldsIn(parent, key), status),
    last,
  )
}
