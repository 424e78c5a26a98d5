import { type Condition, conditionsOf, isObserved, sayCondition } from './conditions.ts'
import { textIn } from './fields.ts'
import { ageMs } from './limits.ts'
import type { Rule } from './object.ts'

/** What Flux waits for of itself; every other "not ready" reason that ends so is a failure it may only try again. */
const failure = /(Failed|Error)$/
/** helm-controller's own default. */
const defaultTimeout = '5m'

/**
 * Flux' HelmRelease and sources: https://fluxcd.io/flux/components/helm/helmreleases/#conditions
 * kstatus takes a failed upgrade that is being retried for progress; a person wants to know of it.
 */
export const flux: Rule = (object, nowMs) => {
  const { spec, status } = object
  const conditions = conditionsOf(status)
  const ready = conditions.get('Ready')
  // A suspended object is not looked at, so its generation and conditions are of the past.
  if (spec?.suspend === true) return { health: 'suspended', reason: 'Suspended', since: ready?.since }
  if (!isObserved(object)) return { health: 'progressing', reason: 'Flux has not looked at the latest change yet' }
  const stalled = conditions.get('Stalled')
  if (stalled?.status === 'True') {
    return { health: 'degraded', reason: `Needs you: ${sayCondition(stalled)}`, since: stalled.since }
  }
  if (ready?.status === 'False' && failure.test(ready.reason)) {
    return { health: 'degraded', reason: sayCondition(ready), since: ready.since }
  }
  const reconciling = conditions.get('Reconciling')
  const working = reconciling?.status === 'True' ? reconciling : ready
  if (working === undefined) return { health: 'unknown', reason: 'Flux has not looked at it yet' }
  if (working === ready && ready.status === 'True') {
    return { health: 'healthy', reason: sayCondition(ready), since: ready.since }
  }
  return { health: 'progressing', reason: sayWorking(working, textIn(spec, 'timeout'), nowMs), since: working.since }
}

function sayWorking(condition: Condition, timeout: string | undefined, nowMs: number): string {
  const said = sayCondition(condition)
  const limit = timeout ?? defaultTimeout
  const limitMs = durationMs(limit)
  return limitMs !== undefined && ageMs(condition.since, nowMs) > limitMs ? `Longer than its ${limit}: ${said}` : said
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const

/** Go's "1h5m30s" as Flux writes it; `undefined` for anything else. */
export function durationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * unitMs[unit as keyof typeof unitMs] // the pattern admits no other
  }
  return total
}
