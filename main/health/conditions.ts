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

/** By type. Entries of an unexpected shape are left out. */
export function conditionsOf(status: Fields | undefined): ReadonlyMap<string, Condition> {
  const conditions = new Map<string, Condition>()
  for (const entry of listIn(status, 'conditions')) {
    const type = textIn(entry, 'type')
    if (type === undefined) continue
    conditions.set(type, {
      type,
      status: textIn(entry, 'status') ?? 'Unknown',
      reason: textIn(entry, 'reason') ?? '',
      message: textIn(entry, 'message') ?? '',
      since: textIn(entry, 'lastTransitionTime'),
    })
  }
  return conditions
}

/** `Reason: message`; without them, such as `Ready is False`. */
export function formatCondition({ type, status, reason, message }: Condition): string {
  const text = [reason, message].filter((part) => part !== '').join(': ')
  return text === '' ? `${type} is ${status}` : text
}

/** Whether the controller has observed the latest change; true for controllers that do not report it. */
export function isObserved({ metadata, status }: Subject): boolean {
  const observed = numberIn(status, 'observedGeneration')
  return observed === undefined || metadata.generation === undefined || observed === metadata.generation
}

/**
 * Conditions that any object may have. `Reconciling` and `Stalled` precede the rule of its kind, `Ready` follows it:
 * https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus#conditions
 */
export function fromAbnormal(conditions: ReadonlyMap<string, Condition>): Assessment | undefined {
  const stalled = conditions.get('Stalled')
  if (stalled?.status === 'True') return { health: 'degraded', reason: formatCondition(stalled), since: stalled.since }
  const reconciling = conditions.get('Reconciling')
  if (reconciling?.status === 'True') {
    return { health: 'progressing', reason: formatCondition(reconciling), since: reconciling.since }
  }
  return undefined
}

export function fromReady(conditions: ReadonlyMap<string, Condition>): Assessment | undefined {
  const ready = conditions.get('Ready')
  if (ready === undefined) return undefined
  const health = ready.status === 'True' ? 'healthy' : 'progressing'
  return { health, reason: formatCondition(ready), since: ready.since }
}
