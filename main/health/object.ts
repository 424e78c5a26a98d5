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
}

export function subjectOf({ apiVersion, kind, metadata, spec, status }: KubernetesObject): Subject {
  return {
    apiVersion,
    kind,
    metadata,
    spec: isFields(spec) ? spec : undefined,
    status: isFields(status) ? status : undefined,
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

/** Assesses one kind of object. Undefined: the conditions that all kinds share decide. */
export type Rule = (object: Subject, nowMs: number) => Assessment | undefined

/** `apps` of `apps/v1`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash === -1 ? '' : apiVersion.slice(0, slash)
}
