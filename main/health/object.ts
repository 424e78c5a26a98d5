import type { Health } from '../../preload/contract/workloads.ts'
import { type Fields, isFields } from './fields.ts'

/** A Kubernetes object from an API server, a manifest or a test. Fields beyond these are not validated. */
export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly generation?: number
    readonly creationTimestamp?: string
    readonly deletionTimestamp?: string
    readonly [field: string]: unknown
  }
  readonly spec?: unknown
  readonly status?: unknown
}

/** The same, with `spec` and `status` verified to be JSON objects, or absent. */
export interface Subject extends KubernetesObject {
  readonly spec: Fields | undefined
  readonly status: Fields | undefined
  /** All of its fields: some kinds have neither. */
  readonly content: Fields
}

export function subjectOf(object: KubernetesObject): Subject {
  const { apiVersion, kind, metadata, spec, status } = object
  return {
    apiVersion,
    kind,
    metadata,
    spec: isFields(spec) ? spec : undefined,
    status: isFields(status) ? status : undefined,
    content: { ...object },
  }
}

/** The health of an object, from its own fields. */
export interface Assessment {
  readonly health: Health
  /** For the user: one line, at most 500 characters. */
  readonly reason: string
  /** RFC 3339; when the object entered this state, if it reports that. */
  readonly since?: string
  /** When time alone changes the assessment, in milliseconds since 1970. */
  readonly recheckAtMs?: number
}

/**
 * Assesses one kind of object. Undefined: the conditions that all kinds share decide. `unhealthySince` (RFC 3339) is when a
 * watcher saw it cease to be healthy, for kinds that do not report it.
 */
export type Rule = (object: Subject, nowMs: number, unhealthySince?: string) => Assessment | undefined

/** `apps` of `apps/v1`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash === -1 ? '' : apiVersion.slice(0, slash)
}
