import { type Condition, degradedBy, formatCondition, healthyBy } from './conditions.ts'
import { progressingUntil, unknownKindLimitMs } from './limits.ts'
import type { Assessment } from './object.ts'

/** How the conditions of a kind are read. */
export interface ConditionTable {
  /**
   * Conditions that are True when all is well. Each with the reasons with which False is a failure; other reasons are waits,
   * which are degraded after the limit. The first tells of the whole and explains health, the last are closest to a cause.
   */
  readonly expected: Readonly<Record<string, RegExp>>
  /** Types of conditions that are True when something is wrong. */
  readonly abnormal?: RegExp
  /** Types of conditions that are True while the controller works. */
  readonly working?: RegExp
  readonly limitMs: number
}

/** Reasons with which most controllers report a failure. */
export const failing =
  /(Failed|Failure|Error|Errored|Denied|Rejected|Refused|Forbidden|Unauthorized|Exceeded|Conflict|NotFound|BackOff)$|^(Err|Failed|Invalid|Cannot|Unable)/
/** Any reason is a failure. */
export const always = /^/
/** No reason is a failure. */
export const never = /(?!)/

/** Types of conditions whose True is bad, whatever the kind. */
const abnormalOfMost =
  /^(Stalled|Degraded|Unhealthy|NotReady|PartiallyReady|Dangling|Conflict|Conflicted|Denied|Invalid|Fallback)$|(Failed|Failure|Error|Degraded)$/
const workingOfMost =
  /^(Reconciling|Progressing|Updating|Upgrading|Installing|Initializing|Creating|Deploying|Provisioning)$/
/** Some controllers leave Progressing True once they are done, as a Deployment does. */
const done = /(Available|Complete|Completed|Succeeded|Ready|AsExpected)$/
const paused = /^(Paused|Suspended)$/

/** For kinds without a table: the polarity that most controllers use. */
export const conditionsOfMost: ConditionTable = {
  expected: {
    Ready: failing,
    Available: failing,
    Healthy: failing,
    Synced: failing,
    Programmed: failing,
    Accepted: failing,
    ResolvedRefs: failing,
    ReconcileSuccess: always,
    Reconciled: failing,
  },
  limitMs: unknownKindLimitMs,
}

/** For kinds that report none of those: they tell of one step rather than of the whole. */
export const conditionsOfSome: ConditionTable = {
  expected: {
    Succeeded: failing,
    Complete: failing,
    Completed: failing,
    Established: failing,
    Applied: failing,
    Valid: always,
    Initialized: failing,
    Running: failing,
    Deployed: failing,
  },
  limitMs: unknownKindLimitMs,
}

/** Types of conditions that no table has: whether their False is good or bad is unknown. */
export function unknownTypes(conditions: ReadonlyMap<string, Condition>): readonly string[] {
  const known = [abnormalOfMost, workingOfMost, paused]
  return [...conditions.values()]
    .filter(({ type, status }) => status !== 'True' && !known.some((types) => types.test(type)))
    .map(({ type }) => type)
}

/** The health that the conditions report; undefined if none of them is in the table. */
export function fromConditions(
  conditions: ReadonlyMap<string, Condition>,
  { expected, abnormal = abnormalOfMost, working = workingOfMost, limitMs }: ConditionTable,
  nowMs: number,
): Assessment | undefined {
  const isTrue = [...conditions.values()].filter(({ status }) => status === 'True')
  const wrong = isTrue.find(({ type }) => abnormal.test(type))
  if (wrong !== undefined) return degradedBy(wrong)

  const reported = Object.entries(expected).flatMap(([type, failures]) => {
    const condition = conditions.get(type)
    return condition === undefined ? [] : [{ condition, isFailure: failures.test(condition.reason) }]
  })
  const failure = reported.findLast(({ condition, isFailure }) => condition.status === 'False' && isFailure)
  if (failure !== undefined) return degradedBy(failure.condition)

  const held = isTrue.find(({ type }) => paused.test(type))
  if (held !== undefined) return { health: 'suspended', reason: formatCondition(held), since: held.since }

  const work = isTrue.find(({ type, reason }) => working.test(type) && !done.test(reason))
  const unmet = reported.findLast(({ condition }) => condition.status !== 'True')?.condition
  if (unmet !== undefined) {
    // What it works on explains more, but the wait is as long as that for the condition.
    const reason = formatCondition(work ?? unmet)
    return progressingUntil(limitMs, { reason, since: unmet.since ?? work?.since }, nowMs)
  }
  if (work !== undefined) return { health: 'progressing', reason: formatCondition(work), since: work.since }
  const [first] = reported
  return first && healthyBy(first.condition)
}
