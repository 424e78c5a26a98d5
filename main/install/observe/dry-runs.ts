import { Problem } from '../../../preload/contract/problem.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { applyObject } from '../../lib/kubernetes/apply.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import type { Discovery } from '../../lib/kubernetes/discovery.ts'
import { isBadRequest, isConflict, isForbidden, isKindUnknown, isNotFound } from '../../lib/kubernetes/failure.ts'
import { nameOf } from './kubernetes-object.ts'
import { type PlacedObject, servedOf } from './live-objects.ts'

const requestsAtOnce = 16
const dryRunLimitMs = 8_000
/** The owner of the fields that helm applies. */
const helmManager = 'helm'

/** What the API server would do with an object, by a dry run that stores nothing. */
export interface DryRun extends PlacedObject {
  readonly outcome: 'accepted' | 'refused' | 'conflict' | 'not-permitted' | 'not-supported' | 'namespace-absent'
  /** Of the API server; empty if it accepts the object. */
  readonly message: string
}

/** The metadata that helm adds to what it renders. */
const asHelmAppliesIt = ({ release, releaseNamespace, namespace, object }: PlacedObject, namespaced: boolean) => ({
  ...object,
  apiVersion: object.apiVersion ?? '',
  kind: object.kind ?? '',
  metadata: {
    ...object.metadata,
    name: nameOf(object),
    ...(namespaced ? { namespace } : {}),
    labels: { ...object.metadata?.labels, 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: {
      ...object.metadata?.annotations,
      'meta.helm.sh/release-name': release,
      'meta.helm.sh/release-namespace': releaseNamespace,
    },
  },
})

export const dryRuns = (
  client: KubernetesClient,
  discovery: Discovery,
  objects: readonly PlacedObject[],
  signal: AbortSignal,
): Promise<DryRun[]> =>
  inParallel(servedOf(discovery, objects), requestsAtOnce, async ({ placed, type }) => {
    const desired = asHelmAppliesIt(placed, type.namespaced)
    const limit = AbortSignal.any([signal, AbortSignal.timeout(dryRunLimitMs)])
    const attempt = (force: boolean) =>
      applyObject(client, desired, { dryRun: true, force, manager: helmManager }, limit).then(
        () => ({ ...placed, outcome: 'accepted', message: '' }) as const,
        (error: unknown) => {
          signal.throwIfAborted()
          return { ...placed, ...refusalOf(error) }
        },
      )
    const first = await attempt(false)
    if (first.outcome !== 'conflict') return first
    // Beyond the conflict the object can have another fault, which matters more.
    const forced = await attempt(true)
    return forced.outcome === 'accepted' ? first : forced
  })

/** Pure: what an error of a dry run means. Errors that are no refusals of the object are thrown. */
export function refusalOf(error: unknown): Pick<DryRun, 'outcome' | 'message'> {
  if (!(error instanceof Problem)) throw error
  const message = error.message
  if (isConflict(error)) return { outcome: 'conflict', message }
  if (isForbidden(error)) {
    // Authorization names the user; admission controllers answer 403 too.
    return { outcome: /is forbidden: User "/.test(message) ? 'not-permitted' : 'refused', message }
  }
  if (isBadRequest(error) && /does not support dry run/.test(message)) return { outcome: 'not-supported', message }
  if (isNotFound(error) && /namespaces "/.test(message)) return { outcome: 'namespace-absent', message }
  if (isKindUnknown(error)) return { outcome: 'not-supported', message }
  if (error.code === 'CLUSTER_REFUSED' || error.code === 'TIMED_OUT') return { outcome: 'refused', message }
  throw error
}
