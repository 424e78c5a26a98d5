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
    /^(ready|active|healthy|succeeded|success|successful|available|bound|completed?|synced|deployed|installed|provisioned|valid|online|green|enabled|connected|applied|reconciled|operational|created|ok)$/i,
  degraded:
    /^(degraded|unhealthy|unavailable|invalid|lost|rejected|offline|crashed|red|stalled|stuck|down|dead|faulted|unreachable|aborted|timed ?out|timeout)$|^(failed|failing|failure|error)\b|^failed|(failed|failure|error|errored)$/i,
  suspended: /^(paused|suspended|stopped|disabled|hibernated|hibernating)$/i,
  progressing:
    /^(pending|new|queued|in ?progress|creating|progressing|provisioning|initiali[sz]ing|updating|upgrading|deploying|installing|scaling\w*|expanding|reconciling|(re)?starting|stopping|waiting\w*|finali[sz]ing|binding|deleting|terminating|migrating|migratingdata|applyingchanges|rolling ?out|not ?ready|yellow)$/i,
}

const usualPaths = ['phase', 'state', 'health.status', 'health', 'status', 'currentStatus']

/** For kinds without a table: usual words of usual fields. A word that is not known says nothing. */
export const phasesOfMost: readonly PhaseTable[] = usualPaths.map((path) => ({ path, ...wordsOfMost }))

/** Fields that some controllers use beside those, such as `updateStatus` or `connectorState`. */
const ownField = /.(State|Status|Phase|Health)$/
const earlier = /^(previous|prior|old)/

/** The same words, in fields of a name of their own. */
export function fromOwnFields(object: Subject, nowMs: number): readonly Assessment[] {
  return ownFieldsIn(object.status).flatMap((path) => fromPhase(object, { path, ...wordsOfMost }, nowMs) ?? [])
}

const ownFieldsIn = (status: Fields | undefined): readonly string[] =>
  Object.keys(status ?? {}).filter((key) => ownField.test(key) && !earlier.test(key) && !key.includes('.'))

/** The first word that no table knows; it can mean anything. */
export function unknownWord({ status }: Subject): string | undefined {
  const known = Object.values(wordsOfMost)
  return [...usualPaths, ...ownFieldsIn(status)]
    .map((path) => textAt(status, path))
    .find((word) => word !== undefined && !known.some((words) => words.test(word)))
}

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
