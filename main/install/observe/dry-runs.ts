import { Problem } from '../../../preload/contract/problem.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { applyObject, type DesiredObject } from '../../lib/kubernetes/apply.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import type { Discovery } from '../../lib/kubernetes/discovery.ts'
import { isBadRequest, isConflict, isForbidden, isKindUnknown, isNotFound } from '../../lib/kubernetes/failure.ts'
import { type KubernetesObject, nameOf } from './kubernetes-object.ts'
import { type PlacedObject, servedOf } from './live-objects.ts'

const requestsAtOnce = 16
const dryRunLimitMs = 8_000
/** The owner of the fields that helm applies. */
export const helmManager = 'helm'

/** What the API server would do with an object, by a dry run that stores nothing. */
export interface DryRun extends PlacedObject {
  /** `immutable`: the API server would create the object, but refuses to change the one that exists. */
  readonly outcome:
    | 'accepted'
    | 'refused'
    | 'immutable'
    | 'conflict'
    | 'not-permitted'
    | 'not-supported'
    | 'namespace-absent'
  /** Of the API server; empty if it accepts the object. */
  readonly message: string
  /** The object after the change, with fields of other managers taken over. Absent if the API server refuses it. */
  readonly applied?: KubernetesObject
}

/** The metadata that helm adds to what it renders. */
export const asHelmAppliesIt = (
  { release, releaseNamespace, namespace, object }: PlacedObject,
  namespaced: boolean,
) => ({
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
    const attempt = (object: DesiredObject, force: boolean): Promise<DryRun> =>
      applyObject(client, object, { dryRun: true, force, manager: helmManager }, limit).then(
        (applied) => ({ ...placed, outcome: 'accepted', message: '', applied }),
        (error: unknown) => {
          signal.throwIfAborted()
          return { ...placed, ...refusalOf(error) }
        },
      )
    const first = await attempt(desired, false)
    // Beyond the conflict the object can have another fault, which matters more.
    const forced = first.outcome === 'conflict' ? await attempt(desired, true) : first
    if (forced.outcome === 'accepted') return { ...first, applied: forced.applied }
    if (forced.outcome !== 'refused') return forced
    const created = await attempt({ ...desired, metadata: { ...desired.metadata, name: unusedName } }, true)
    return created.outcome === 'accepted' ? { ...forced, outcome: 'immutable' } : forced
  })

/** Under it the API server judges an object as if it did not exist yet. */
const unusedName = 'hangar-dry-run'

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
