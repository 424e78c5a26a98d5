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
  /** Types of conditions that are True while a user has stopped it. */
  readonly held?: RegExp
  /** Types of conditions that tell of a part: False is a wait unless the whole is known, and a failure by its reason. */
  readonly parts?: RegExp
  readonly limitMs: number
}

/** Reasons with which most controllers report a failure. */
export const failing =
  /^(?!(No|Not|Without)[A-Z]).*(Failed|Failing|Failure|Errors?|Errored|Denied|Rejected|Refused|Forbidden|Unauthorized|(?<!Not)Exceeded|Conflict|NotFound|DoesNotExist|(?<!Secret)Missing|BackOff|TimedOut)$|^(Err|Failed|Invalid|Cannot|Unable|Unhealthy)|^NotFound$/
/** Any reason is a failure. */
export const always = /^/
/** No reason is a failure. */
export const never = /(?!)/

/** Types of conditions whose True is bad, whatever the kind. */
const abnormalOfMost =
  /^(Stalled|Degraded|Unhealthy|PartiallyReady|Dangling|Conflict|Conflicted|Denied|Fallback)$|(Failed|Failure|Errors?|Degraded|Unhealthy|Stalled|Terminal|Recoverable)$|^(Failed|Invalid|Missing|Not(?=Ready)|NoMatching)/
const workingOfMost =
  /^(Reconciling|Progressing|Installing|Initializing|Deploying|Provisioning|RollingUpdate|RollingOut|ScalingUp|ScalingDown|Remediating|Disrupting|Draining|Deleting)$|(Updating|Upgrading|Creating|Migrating)$/
/** Some controllers leave Progressing True once they are done, as a Deployment does. */
const done = /(Available|Complete|Completed|Succeeded|Ready|AsExpected)$/
const heldOfMost = /(^|[./])(Paused|Suspended|\w+Paused|hibernation|Hibernated)$/
/** Reasons with which controllers say that a user stopped them. */
const heldReason = /^(Reconciliation|Reconcile|Spec)?Paused(Reconciliation)?$/
/** The parts that most controllers report beside or instead of the whole. */
const partsOfMost =
  /^(?!Not|Un|No[A-Z]).*.(Ready|Healthy|Available|Synced|Synchronized|Succeeded|Installed|Valid|Programmed|Reconciled|Established)$/

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
    Installed: failing,
  },
  parts: partsOfMost,
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
    Deployed: failing,
    Done: failing,
  },
  parts: partsOfMost,
  limitMs: unknownKindLimitMs,
}

/** Types of conditions that no table has: whether they are good or bad is unknown. */
export function unknownTypes(conditions: ReadonlyMap<string, Condition>): readonly string[] {
  const known = [abnormalOfMost, workingOfMost, heldOfMost]
  return [...conditions.keys()].filter((type) => !known.some((types) => types.test(type)))
}

/** The status that a condition of this type has when all is well, by the names that most controllers use. */
export function usualStatus(type: string): 'True' | 'False' | undefined {
  if (abnormalOfMost.test(type)) return 'False'
  const expected = [conditionsOfMost, conditionsOfSome].some((table) => Object.hasOwn(table.expected, type))
  return expected || partsOfMost.test(type) ? 'True' : undefined
}

/** What a condition says that is expected to be True. */
interface Reported {
  readonly condition: Condition
  readonly isFailure: boolean
}

/** The health that the conditions report; undefined if none of them is in the table. */
export function fromConditions(
  conditions: ReadonlyMap<string, Condition>,
  table: ConditionTable,
  nowMs: number,
): Assessment | undefined {
  const { abnormal = abnormalOfMost, working = workingOfMost, held = heldOfMost, limitMs } = table
  const isTrue = [...conditions.values()].filter(({ status }) => status === 'True')
  const wrong = isTrue.find(({ type }) => abnormal.test(type))
  if (wrong !== undefined) return degradedBy(wrong)

  const whole = reportedOf(conditions, table)
  const parts = partsIn(conditions, table)
  const failure = [...parts, ...whole].findLast(({ condition, isFailure }) => condition.status === 'False' && isFailure)
  if (failure !== undefined) return degradedBy(failure.condition)

  const stopped = isTrue.find(({ type }) => held.test(type))
  if (stopped !== undefined) return { health: 'suspended', reason: formatCondition(stopped), since: stopped.since }

  const work = isTrue.find(({ type, reason }) => (working.test(type) && !done.test(reason)) || isRunning(type, reason))
  const reported = whole.length > 0 ? whole : parts.filter(({ condition }) => table.parts?.test(condition.type))
  const unmet = reported.findLast(({ condition }) => condition.status !== 'True')?.condition
  if (unmet !== undefined && heldReason.test(unmet.reason))
    return { health: 'suspended', reason: formatCondition(unmet), since: unmet.since }
  if (unmet !== undefined) {
    // What it works on explains more, but the wait is as long as that for the condition.
    const reason = formatCondition(work ?? unmet)
    return progressingUntil(limitMs, { reason, since: unmet.since ?? work?.since }, nowMs)
  }
  if (work !== undefined) return { health: 'progressing', reason: formatCondition(work), since: work.since }
  const [first] = reported
  return first && healthyBy(first.condition)
}

function reportedOf(conditions: ReadonlyMap<string, Condition>, { expected }: ConditionTable): readonly Reported[] {
  return Object.entries(expected).flatMap(([type, failures]) => {
    const condition = conditions.get(type)
    if (condition === undefined) return []
    return [{ condition, isFailure: condition.severity === 'Error' || failures.test(condition.reason) }]
  })
}

/** Of a kind without a table, all other conditions: those whose type tells of a part, and those whose reason names a failure. */
function partsIn(
  conditions: ReadonlyMap<string, Condition>,
  { expected, parts, abnormal = abnormalOfMost, held = heldOfMost }: ConditionTable,
): readonly Reported[] {
  if (parts === undefined) return []
  return [...conditions.values()]
    .filter(({ type }) => !(type in expected) && !abnormal.test(type) && !held.test(type))
    .map((condition) => ({
      condition,
      isFailure: condition.severity === 'Error' || failing.test(condition.reason),
    }))
    .filter(({ condition: { type }, isFailure }) => isFailure || parts.test(type))
}

/** Operators made with Ansible: https://sdk.operatorframework.io/docs/building-operators/ansible/reference/advanced_options/ */
const isRunning = (type: string, reason: string): boolean => type === 'Running' && reason === 'Running'
