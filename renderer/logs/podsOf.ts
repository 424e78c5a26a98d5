import { condition } from './queryText.ts'

/** Kinds whose pods have the name of the object and a suffix. */
const owners = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'])

/**
 * The query for the lines of an object's pods; of all their containers and restarts. Undefined for a kind without pods. Another
 * object whose name begins in the same way is among them. Pure.
 */
export function podsOf({ kind, name }: { readonly kind: string; readonly name: string }): string | undefined {
  if (kind === 'Pod') return condition('pod', name)
  return owners.has(kind) ? `pod:${name}-*` : undefined
}
