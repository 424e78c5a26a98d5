import { labelKeys } from '../labels.ts'
import { at, conditionOf, type KubernetesObject, numberAt, textAt } from './kubernetes-object.ts'

type FluxState = 'absent' | 'working' | 'ready' | 'failed'

export interface ObservedHelmRelease {
  readonly state: FluxState
  readonly reason: string
  /** Digest of the content that was applied; undefined if Hangar did not create the object. */
  readonly contentDigest?: string
  readonly profile?: string
  readonly revision?: string
}

/** Reasons of a failed release itself, as opposed to its source or its dependencies. */
const releaseFailed = /^(Install|Upgrade|Rollback|Uninstall|Test)Failed$/

/**
 * Pure. `retryToken`: the token of the requested retry, if any. The state is `failed` only if helm-controller will not
 * retry or the release itself failed; a source that does not exist yet is waited for.
 */
export function readHelmRelease(object: KubernetesObject | undefined, retryToken?: string): ObservedHelmRelease {
  if (object === undefined) return { state: 'absent', reason: 'not created yet' }
  const history = Reflect.get(Object(at(object, 'status', 'history')), 0)
  const version = numberAt(history, 'version')
  const facts = {
    contentDigest: object.metadata?.annotations?.[labelKeys.contentDigest],
    profile: object.metadata?.labels?.[labelKeys.profile],
    revision: version === undefined ? undefined : `${textAt(history, 'chartVersion') ?? ''}, revision ${version}`,
  }
  const isReconciled =
    numberAt(object, 'status', 'observedGeneration') === object.metadata?.generation &&
    (retryToken === undefined || textAt(object, 'status', 'lastHandledReconcileAt') === retryToken)
  if (!isReconciled) return { ...facts, state: 'working', reason: 'helm-controller has not reconciled it yet' }
  const ready = conditionOf(object, 'Ready')
  const stalled = conditionOf(object, 'Stalled')
  const reasonOf = (condition: typeof ready) => [condition?.reason, condition?.message].filter(Boolean).join(': ')
  if (ready?.status === 'True') return { ...facts, state: 'ready', reason: reasonOf(ready) }
  // The release's own failure is more specific than the condition "Stalled".
  if (ready?.status === 'False' && releaseFailed.test(ready.reason)) {
    return { ...facts, state: 'failed', reason: reasonOf(ready) }
  }
  if (stalled?.status === 'True') return { ...facts, state: 'failed', reason: reasonOf(stalled) }
  return { ...facts, state: 'working', reason: reasonOf(ready) || 'helm-controller is reconciling it' }
}
