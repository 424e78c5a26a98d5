import type { ObjectReference } from '../../../preload/contract/words.ts'
import type { Json } from '../ports.ts'

/** An object as the API server or a chart gives it; what is read of it is checked where it is read. */
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

/** The value at a path of names, or undefined where the path ends before. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value
  for (const name of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Reflect.get(found, name)
  }
  return found
}

export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

export const numberAt = (value: unknown, ...path: readonly string[]): number | undefined => {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : undefined
}

export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
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
  const place = object.metadata?.namespace ?? namespace
  const named = { kind: object.kind ?? '', name: nameOf(object) }
  return place === undefined ? named : { ...named, namespace: place }
}

export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null))
