import type { Health } from '../../preload/contract/workloads.ts'
import type { Fields } from './fields.ts'

/** What every Kubernetes object has; the rest is read with care (fields.ts). */
export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly resourceVersion?: string
    readonly generation?: number
    readonly creationTimestamp?: string
    readonly deletionTimestamp?: string
    readonly deletionGracePeriodSeconds?: number
    readonly finalizers?: readonly string[]
    readonly labels?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly {
      readonly kind: string
      readonly name: string
      readonly uid: string
      readonly controller?: boolean
    }[]
  }
  readonly spec?: Fields
  readonly status?: Fields
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
export type Rule = (object: KubernetesObject, nowMs: number) => Assessment | undefined

/** `apps` of `apps/v1`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash === -1 ? '' : apiVersion.slice(0, slash)
}
