import type { ObjectReference } from '../../../preload/contract/words.ts'
import type { Json } from '../../lib/rules/substitution.ts'

/** An object from the API server or a chart. Fields are checked where they are read. */
export interface KubernetesObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: Metadata
  readonly spec?: unknown
  readonly status?: unknown
  readonly [field: string]: unknown
}

interface Metadata {
  readonly name?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

/** The value at a path of field names; undefined if a field is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value
  for (const name of path) {
    if (typeof current !== 'object' || current === null) return undefined
    current = Reflect.get(current, name)
  }
  return current
}

export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const field = at(value, ...path)
  return typeof field === 'string' ? field : undefined
}

export const numberAt = (value: unknown, ...path: readonly string[]): number | undefined => {
  const field = at(value, ...path)
  return typeof field === 'number' ? field : undefined
}

export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const field = at(value, ...path)
  return Array.isArray(field) ? field : []
}

export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly since?: string
}

const conditionsOf = (object: KubernetesObject): readonly Condition[] =>
  listAt(object, 'status', 'conditions').map((condition) => ({
    type: textAt(condition, 'type') ?? '',
    status: textAt(condition, 'status') ?? '',
    reason: textAt(condition, 'reason') ?? '',
    message: textAt(condition, 'message') ?? '',
    since: textAt(condition, 'lastTransitionTime'),
  }))

export const conditionOf = (object: KubernetesObject, type: string): Condition | undefined =>
  conditionsOf(object).find((condition) => condition.type === type)

export const nameOf = (object: KubernetesObject): string => object.metadata?.name ?? ''

export function referenceOf(object: KubernetesObject, namespace?: string): ObjectReference {
  const inNamespace = object.metadata?.namespace ?? namespace
  const reference = { kind: object.kind ?? '', name: nameOf(object) }
  return inNamespace === undefined ? reference : { ...reference, namespace: inNamespace }
}

export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null))
