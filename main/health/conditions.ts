import { type Fields, listIn, numberIn, textIn } from './fields.ts'
import type { Assessment, Subject } from './object.ts'

export interface Condition {
  readonly type: string
  /** `True`, `False` or `Unknown`. */
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly since?: string
}

/** By type. An object whose conditions are of another shape has none. */
export function conditionsOf(status: Fields | undefined): ReadonlyMap<string, Condition> {
  const found = new Map<string, Condition>()
  for (const entry of listIn(status, 'conditions')) {
    const type = textIn(entry, 'type')
    if (type === undefined) continue
    found.set(type, {
      type,
      status: textIn(entry, 'status') ?? 'Unknown',
      reason: textIn(entry, 'reason') ?? '',
      message: textIn(entry, 'message') ?? '',
      since: textIn(entry, 'lastTransitionTime'),
    })
  }
  return found
}

/** "Reason: message", as far as there are any. */
export function sayCondition({ type, status, reason, message }: Condition): string {
  const said = [reason, message].filter((text) => text !== '').join(': ')
  return said === '' ? `${type} is ${status}` : said
}

/** Whether its controller has seen the latest change. Controllers that do not say are believed. */
export function isObserved({ metadata, status }: Subject): boolean {
  const seen = numberIn(status, 'observedGeneration')
  return seen === undefined || metadata.generation === undefined || seen === metadata.generation
}

/**
 * The conditions that any object may carry.
 * `Reconciling` and `Stalled` before, `Ready` after the rule of its kind:
 * https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus#conditions
 */
export function fromAbnormal(conditions: ReadonlyMap<string, Condition>): Assessment | undefined {
  const stalled = conditions.get('Stalled')
  if (stalled?.status === 'True') return { health: 'degraded', reason: sayCondition(stalled), since: stalled.since }
  const reconciling = conditions.get('Reconciling')
  if (reconciling?.status === 'True') {
    return { health: 'progressing', reason: sayCondition(reconciling), since: reconciling.since }
  }
  return undefined
}

export function fromReady(conditions: ReadonlyMap<string, Condition>): Assessment | undefined {
  const ready = conditions.get('Ready')
  if (ready === undefined) return undefined
  const health = ready.status === 'True' ? 'healthy' : 'progressing'
  return { health, reason: sayCondition(ready), since: ready.since }
}
