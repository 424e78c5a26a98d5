import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { type Discovery, groupOf } from '../../lib/kubernetes/discovery.ts'
import { isAlreadyExists, isForbidden } from '../../lib/kubernetes/failure.ts'
import { listIfAllowed } from '../../lib/kubernetes/if-allowed.ts'
import { createObject, deleteObject, getObject, removeFinalizer } from '../../lib/kubernetes/objects.ts'
import { labelKeys } from '../labels.ts'
import { kinds } from '../observe/kinds.ts'
import { type KubernetesObject, listAt, nameOf } from '../observe/kubernetes-object.ts'
import { presenceOf } from '../observe/observe.ts'
import { parseFinalizerId } from '../plan/ways-out.ts'
import { waitUntilDeleted } from './deletion.ts'
import type { Run, StepOutcome } from './run.ts'

const deletionLimitMs = 120_000
const requestsAtOnce = 8
const shownAtMost = 5

/** Creates the namespace if it does not exist. Waits for one that is being deleted. */
export async function ensureNamespace(run: Run, step: string, name: string, signal: AbortSignal): Promise<StepOutcome> {
  const { client, installation } = run
  const namespace = await getObject(client, kinds.namespace, { name }, signal).catch((error) => {
    // Without permission to read the namespace it may still be usable; the later steps show whether it is.
    if (isForbidden(error)) return { ...kinds.namespace, metadata: { name } }
    throw error
  })
  const presence = presenceOf(namespace, installation.profile)
  if (presence === 'ours' || presence === 'others') return { changed: false, message: 'Already exists.' }
  await run.record('act', step, { act: 'create', kind: 'Namespace', name })
  if (presence === 'ending') await removeFinalizers(run, step, name, signal)
  if (presence === 'ending') await waitUntilDeleted(run, step, [{ ...kinds.namespace, name }], deletionLimitMs, signal)
  const metadata = { name, labels: { [labelKeys.profile]: installation.profile } }
  try {
    await createObject(client, { ...kinds.namespace, metadata }, signal)
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
  }
  return { changed: true, message: 'Created.' }
}

/** Objects that Kubernetes or a mesh creates in every namespace, or that are deleted with their owner. */
function isIncidental(object: KubernetesObject, profile: string): boolean {
  const { metadata, kind } = object
  if (listAt(object, 'metadata', 'ownerReferences').length > 0 || metadata?.deletionTimestamp !== undefined) return true
  if (metadata?.labels?.[labelKeys.profile] === profile) return true
  if (kind === 'ConfigMap') return nameOf(object) === 'kube-root-ca.crt' || nameOf(object) === 'istio-ca-root-cert'
  if (kind === 'ServiceAccount') return nameOf(object) === 'default'
  return kind === 'Event' || kind === 'Endpoints' || kind === 'EndpointSlice' || kind === 'PodMetrics'
}

/** Objects in the namespace that belong neither to this plane nor to Kubernetes itself, as `Kind name`. */
async function unrelatedObjects(
  run: Run,
  discovery: Discovery,
  namespace: string,
  signal: AbortSignal,
): Promise<string[]> {
  const served = new Map(
    discovery.resources
      .filter(({ namespaced, verbs }) => namespaced && verbs.includes('list'))
      .map((resource) => [`${resource.kind}.${groupOf(resource.apiVersion)}`, resource]),
  )
  const lists = await inParallel([...served.values()], requestsAtOnce, async ({ apiVersion, kind }) => {
    return (await listIfAllowed(run.client, { apiVersion, kind }, { namespace }, signal)) ?? []
  })
  return lists
    .flat()
    .filter((object) => !isIncidental(object, run.installation.profile))
    .map((object) => `${object.kind} ${nameOf(object)}`)
}

/** Removes the finalizers that the user accepted to lose, of objects of the namespace that are still being deleted. */
async function removeFinalizers(run: Run, step: string, namespace: string, signal: AbortSignal): Promise<void> {
  const accepted = run.acceptedLosses.flatMap((id) => parseFinalizerId(id) ?? [])
  for (const { apiVersion, kind, name, finalizer, ...rest } of accepted) {
    if (rest.namespace !== namespace) continue
    const object = await getObject(run.client, { apiVersion, kind }, { namespace, name }, signal)
    const finalizers = listAt(object, 'metadata', 'finalizers')
    if (object?.metadata.deletionTimestamp === undefined || !finalizers.includes(finalizer)) continue
    await run.record('act', step, { act: 'remove-finalizer', kind, namespace, name, finalizer })
    await removeFinalizer(run.client, object, { namespace, name }, finalizer, signal)
  }
}

/** Deletes a namespace that Hangar created, unless it holds unrelated objects. */
export async function removeNamespace(
  run: Run,
  step: string,
  name: string,
  discovery: Discovery,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const presence = presenceOf(await getObject(run.client, kinds.namespace, { name }, signal), run.installation.profile)
  if (presence === 'absent') return { changed: false, message: 'Already deleted.' }
  if (presence === 'others') return { changed: false, message: 'Kept: it was not created by Hangar.' }
  await removeFinalizers(run, step, name, signal)
  if (presence === 'ours') {
    const unrelated = await unrelatedObjects(run, discovery, name, signal)
    if (unrelated.length > 0) {
      const more = unrelated.length > shownAtMost ? ` and ${unrelated.length - shownAtMost} more` : ''
      return { changed: false, message: `Kept: it holds ${unrelated.slice(0, shownAtMost).join(', ')}${more}.` }
    }
    await run.record('act', step, { act: 'delete', kind: 'Namespace', name })
    await deleteObject(run.client, kinds.namespace, { name }, {}, signal)
  }
  await waitUntilDeleted(run, step, [{ ...kinds.namespace, name }], deletionLimitMs, signal)
  return { changed: true, message: 'Deleted.' }
}
