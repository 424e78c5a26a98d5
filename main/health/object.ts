import type { Health } from '../../preload/contract/workloads.ts'
import { type Fields, isFields } from './fields.ts'

/** A Kubernetes object as it comes from an API server, a manifest or a test: what every one has, and the rest unread. */
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

/** The same, with what rules read found to be JSON objects, or absent. */
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

/** What an object's own fields say of it. */
export interface Assessment {
  readonly health: Health
  /** For a person: one line, at most 500 characters. */
  readonly reason: string
  /** RFC 3339; when it got there, where the object says so. */
  readonly since?: string
  /** Time alone changes the answer at this moment (epoch, ms): assess again then. */
  readonly recheckAtMs?: number
}

/** The state of one kind of object. `undefined`: it says nothing of its own, so the conditions common to all decide. */
export type Rule = (object: Subject, nowMs: number) => Assessment | undefined

/** `apps` of `apps/v1`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash === -1 ? '' : apiVersion.slice(0, slash)
}
