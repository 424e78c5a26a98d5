import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { isAlreadyExists, isForbidden } from '../../lib/kubernetes/failure.ts'
import { createObject, deleteObject, getObject } from '../../lib/kubernetes/objects.ts'
import type { Discovery } from '../observe/discovery.ts'
import { kinds, listIfAllowed } from '../observe/kinds.ts'
import { type KubernetesObject, listAt, nameOf } from '../observe/kubernetes-object.ts'
import { presenceOf } from '../observe/observe.ts'
import { marks } from '../plan/desired.ts'
import { untilEnded } from './deletion.ts'
import type { Run, StepResult } from './run.ts'

const endingLimitMs = 120_000
const requestsAtOnce = 8
const namedAtMost = 5

/** Makes sure that the namespace is there. One that is being deleted is waited for. */
export async function ensureNamespace(run: Run, step: string, name: string, signal: AbortSignal): Promise<StepResult> {
  const { client, place } = run
  const found = await getObject(client, kinds.namespace, { name }, signal).catch((error) => {
    // Whoever may not look at it may yet use it: what it holds will tell.
    if (isForbidden(error)) return { ...kinds.namespace, metadata: { name } }
    throw error
  })
  const presence = presenceOf(found, place.profile)
  if (presence === 'ours' || presence === 'others') return { changed: false, message: 'It is there.' }
  await run.record('act', step, { act: 'create', kind: 'Namespace', name })
  if (presence === 'ending') await untilEnded(run, step, [{ ...kinds.namespace, name }], endingLimitMs, signal)
  const metadata = { name, labels: { [marks.profile]: place.profile } }
  try {
    await createObject(client, { ...kinds.namespace, metadata }, signal)
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
  }
  return { changed: true, message: 'Created.' }
}

/** What every namespace has of itself, or what goes by itself with something else. */
function isIncidental(object: KubernetesObject, profile: string): boolean {
  const { metadata, kind } = object
  if (listAt(object, 'metadata', 'ownerReferences').length > 0 || metadata?.deletionTimestamp !== undefined) return true
  if (metadata?.labels?.[marks.profile] === profile) return true
  if (kind === 'ConfigMap') return nameOf(object) === 'kube-root-ca.crt' || nameOf(object) === 'istio-ca-root-cert'
  if (kind === 'ServiceAccount') return nameOf(object) === 'default'
  return kind === 'Event' || kind === 'Endpoints' || kind === 'EndpointSlice' || kind === 'PodMetrics'
}

/** Objects in the namespace that neither this plane nor Kubernetes itself put there, as `Kind name`. */
async function othersIn(run: Run, discovery: Discovery, namespace: string, signal: AbortSignal): Promise<string[]> {
  const served = new Map(
    discovery.resources
      .filter(({ namespaced, verbs }) => namespaced && verbs.includes('list'))
      .map((resource) => [`${resource.kind}.${resource.group}`, resource]),
  )
  const found = await inParallel([...served.values()], requestsAtOnce, async ({ group, version, kind }) => {
    const apiVersion = group === '' ? version : `${group}/${version}`
    return (await listIfAllowed(run.client, { apiVersion, kind }, { namespace }, signal)) ?? []
  })
  return found
    .flat()
    .filter((object) => !isIncidental(object, run.place.profile))
    .map((object) => `${object.kind} ${nameOf(object)}`)
}

/** Deletes a namespace that Hangar made, if nothing of others is left in it. */
export async function removeNamespace(
  run: Run,
  step: string,
  name: string,
  discovery: Discovery,
  signal: AbortSignal,
): Promise<StepResult> {
  const presence = presenceOf(await getObject(run.client, kinds.namespace, { name }, signal), run.place.profile)
  if (presence === 'absent') return { changed: false, message: 'It is gone.' }
  if (presence === 'others') return { changed: false, message: 'Kept: it was not made by Hangar.' }
  if (presence === 'ours') {
    const others = await othersIn(run, discovery, name, signal)
    if (others.length > 0) {
      const more = others.length > namedAtMost ? ` and ${others.length - namedAtMost} more` : ''
      return { changed: false, message: `Kept: it holds ${others.slice(0, namedAtMost).join(', ')}${more}.` }
    }
    await run.record('act', step, { act: 'delete', kind: 'Namespace', name })
    await deleteObject(run.client, kinds.namespace, { name }, {}, signal)
  }
  await untilEnded(run, step, [{ ...kinds.namespace, name }], endingLimitMs, signal)
  return { changed: true, message: 'Deleted.' }
}
