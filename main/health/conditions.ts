import { type Fields, listIn, numberIn, textIn } from './fields.ts'
import type { Assessment, KubernetesObject, Subject } from './object.ts'

export interface Condition {
  readonly type: string
  /** `True`, `False` or `Unknown`. */
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly since?: string
  /** Of controllers that grade what is wrong, such as those of Cluster API: `Error`, `Warning` or `Info`. */
  readonly severity?: string
}

/**
 * By type; of a type that is listed twice, the one that changed last. Entries of an unexpected shape are left out. With the metadata of the object, a condition about an earlier generation
 * is Unknown: "the condition is out of date", says the API of `metav1.Condition`.
 */
export function conditionsOf(
  parent: Fields | undefined,
  metadata?: KubernetesObject['metadata'],
): ReadonlyMap<string, Condition> {
  const conditions = new Map<string, Condition>()
  for (const entry of listIn(parent, 'conditions')) {
    const type = textIn(entry, 'type')
    if (type === undefined || isOlder(entry, conditions.get(type))) continue
    conditions.set(type, {
      type,
      ...(isOutdated(entry, metadata?.generation)
        ? outdated
        : {
            status: statusOf(entry),
            reason: textIn(entry, 'reason') ?? '',
            message: textIn(entry, 'message') ?? '',
            since: transitionOf(entry, metadata?.creationTimestamp),
            severity: textIn(entry, 'severity'),
          }),
    })
  }
  return conditions
}

function isOlder(entry: Fields, other: Condition | undefined): boolean {
  return Date.parse(textIn(entry, 'lastTransitionTime') ?? '') < Date.parse(other?.since ?? '')
}

/** Some controllers write a flag, or lower case. */
function statusOf(entry: Fields): string {
  const { status } = entry
  if (typeof status === 'boolean') return status ? 'True' : 'False'
  const text = textIn(entry, 'status') ?? 'Unknown'
  return { true: 'True', false: 'False' }[text.toLowerCase()] ?? text
}

/** Not before the object: conditions that a definition sets by default (Gateway, GatewayClass) have a time in 1970. */
function transitionOf(entry: Fields, created: string | undefined): string | undefined {
  const at = textIn(entry, 'lastTransitionTime')
  return created !== undefined && Date.parse(at ?? '') < Date.parse(created) ? created : at
}

const outdated = { status: 'Unknown', reason: '', message: 'Its controller has not observed the latest change yet' }

export function isOutdated(condition: Fields, generation: number | undefined): boolean {
  const observed = observedIn(condition)
  return observed !== undefined && generation !== undefined && observed !== generation
}

/** `Reason: message`; without them, such as `Ready is False`. */
export function formatCondition({ type, status, reason, message }: Condition): string {
  const text = [reason, message].filter((part) => part !== '').join(': ')
  return text === '' ? `${type} is ${status}` : text
}

/** Degraded since the transition of this condition. */
export function degradedBy(condition: Condition): Assessment {
  return { health: 'degraded', reason: formatCondition(condition), since: condition.since }
}

/** Healthy since the transition of this condition. */
export function healthyBy(condition: Condition): Assessment {
  return { health: 'healthy', reason: formatCondition(condition), since: condition.since }
}

/**
 * Whether the controller has observed the latest change; true for controllers that do not report it. Some write
 * `observedGeneration` of the status only when they are done, and that of conditions at once.
 */
export function isObserved({ metadata, status }: Subject): boolean {
  const observed = observedIn(status)
  if (observed === undefined || metadata.generation === undefined || observed === metadata.generation) return true
  return listIn(status, 'conditions').some((entry) => observedIn(entry) === metadata.generation)
}

/** Argo Rollouts writes it as text; its old versions wrote a hash instead, which tells nothing. */
function observedIn(parent: Fields | undefined): number | undefined {
  const text = textIn(parent, 'observedGeneration')
  if (text === undefined) return numberIn(parent, 'observedGeneration')
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined
}

/**
 * Conditions that precede the rule of any kind:
 * https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus#conditions
 */
export function fromAbnormal(conditions: ReadonlyMap<string, Condition>): Assessment | undefined {
  const stalled = conditions.get('Stalled')
  if (stalled?.status === 'True') return degradedBy(stalled)
  const reconciling = conditions.get('Reconciling')
  if (reconciling?.status === 'True') {
    return { health: 'progressing', reason: formatCondition(reconciling), since: reconciling.since }
  }
  return undefined
}
