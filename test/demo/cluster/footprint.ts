import { setTimeout as delay } from 'node:timers/promises'
import type { KubernetesClient } from '../../../main/lib/kubernetes/client.ts'
import { isConflict, isKindUnknown } from '../../../main/lib/kubernetes/failure.ts'
import { deleteObject, getObject, listObjects, removeFinalizer } from '../../../main/lib/kubernetes/objects.ts'
import type { KubernetesObject } from '../../../main/lib/kubernetes/resources.ts'
import { isRunning, processId, processTable } from '../../../main/lib/process-id.ts'
import { Problem } from '../../../preload/contract/problem.ts'

export const servicesNamespace = 'hangar-demo-services'
export const planeNamespace = 'hangar-plane'

/** On everything that the demo adds to a cluster as a whole: only what carries it is removed. */
export const markLabels = { 'hangar.test/demo': 'on-cluster' } as const
/** What the chart of Flux adds; helm makes it, so it carries the label of the demo's charts. */
const chartLabels = { 'app.kubernetes.io/part-of': 'hangar-demo-plane' } as const
/** Of the services' namespace: which process started the demo. */
const starterAnnotation = 'hangar.test/demo-started-by'

export interface Part {
  readonly apiVersion: string
  readonly kind: 'Namespace' | 'CustomResourceDefinition' | 'ClusterRoleBinding'
  readonly name: string
}

const parts = (kind: Part['kind'], apiVersion: string, ...names: readonly string[]): readonly Part[] =>
  names.map((name) => ({ apiVersion, kind, name }))

export const namespaces = parts(
  'Namespace',
  'v1',
  servicesNamespace,
  planeNamespace,
  'hangar-integrations',
  'flux-system',
)
export const definitions = parts(
  'CustomResourceDefinition',
  'apiextensions.k8s.io/v1',
  'helmreleases.helm.toolkit.fluxcd.io',
  'helmcharts.source.toolkit.fluxcd.io',
  'ocirepositories.source.toolkit.fluxcd.io',
)
export const bindings = parts('ClusterRoleBinding', 'rbac.authorization.k8s.io/v1', 'flux-system-helm-controller')

/** What a demo adds to a cluster. Everything else that it creates is in these namespaces. */
const footprint: readonly Part[] = [...bindings, ...namespaces, ...definitions]

const hasLabels = ({ metadata }: KubernetesObject, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value)

/** Whether a demo created it, also an earlier one that was killed. Pure. */
const isOfDemo = (object: KubernetesObject): boolean =>
  hasLabels(object, markLabels) || (object.kind === 'ClusterRoleBinding' && hasLabels(object, chartLabels))

/** The parts of the footprint that are in the cluster, also those that no demo created. */
export async function findFootprint(client: KubernetesClient, signal: AbortSignal): Promise<KubernetesObject[]> {
  const found = await Promise.all(footprint.map((part) => getObject(client, part, { name: part.name }, signal)))
  return found.filter((object) => object !== undefined)
}

/** Throws INPUT_INVALID if the cluster has a part that no demo created: it would be changed, and then removed. Pure. */
export function refuseForeign(found: readonly KubernetesObject[], context: string): void {
  const foreign = found.filter((object) => !isOfDemo(object)).map(({ kind, metadata }) => `${kind} ${metadata.name}`)
  if (foreign.length === 0) return
  throw new Problem(
    'INPUT_INVALID',
    `The cluster of "${context}" already has ${foreign.join(', ')}, which the demo would create and later remove. Use a cluster without a data plane and without Flux.`,
  )
}

/** The annotation of the services' namespace that names this process. */
export function starterOf(pid: number): Readonly<Record<string, string>> {
  return { [starterAnnotation]: JSON.stringify({ ...processId(pid), table: processTable() }) }
}

/** Whether the process of this computer that started the demo still runs. That of another computer counts as ended. */
export function isStarterRunning(found: readonly KubernetesObject[]): boolean {
  const starter = found.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === servicesNamespace)
  const text = starter?.metadata.annotations?.[starterAnnotation]
  if (text === undefined) return false
  try {
    const { pid, started, table } = JSON.parse(text)
    return table === processTable() && typeof pid === 'number' && isRunning({ pid, started: String(started) })
  } catch {
    return false // somebody edited it
  }
}

const pollMs = 500
const uninstallLimitMs = 30_000
const removalLimitMs = 180_000
const volumesLimitMs = 30_000

/** Repeats a check until it is true; false after the time limit. */
async function eventually(check: () => Promise<boolean>, limitMs: number, signal: AbortSignal): Promise<boolean> {
  const untilMs = performance.now() + limitMs
  for (;;) {
    if (await check()) return true
    if (performance.now() > untilMs) return false
    await delay(pollMs, undefined, { signal })
  }
}

/**
 * Removes what demos added to the cluster, and waits until it is gone. Resolves with what stays, one description each. Throws
 * TIMED_OUT with what the cluster has not removed in time.
 */
export async function removeFootprint(client: KubernetesClient, signal: AbortSignal): Promise<string[]> {
  const found = (await findFootprint(client, signal)).filter(isOfDemo)
  if (found.length === 0) return []
  const ours = new Set(found.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name))
  // Before the controller that serves their finalizer ends.
  if (ours.has(planeNamespace)) await removeHelmReleases(client, signal)
  const remove = async (kind: Part['kind']): Promise<void> => {
    const objects = found.filter((object) => object.kind === kind)
    await Promise.all(
      objects.map((object) => {
        const { name, uid } = object.metadata
        return deleteObject(client, object, { name }, { uid }, signal).catch((error: unknown) => {
          // Another object has its name by now, or it is being deleted already.
          if (!isConflict(error)) throw error
        })
      }),
    )
    const isGone = async (): Promise<boolean> => {
      const now = await Promise.all(
        objects.map((object) => getObject(client, object, { name: object.metadata.name }, signal)),
      )
      return now.every((object, index) => object === undefined || object.metadata.uid !== objects[index]?.metadata.uid)
    }
    if (await eventually(isGone, removalLimitMs, signal)) return
    const names = objects.map(({ metadata }) => metadata.name).join(', ')
    throw new Problem('TIMED_OUT', `The cluster has not removed all of these within 3 minutes: ${kind} ${names}.`)
  }
  await remove('Namespace')
  await remove('ClusterRoleBinding')
  await remove('CustomResourceDefinition')
  return await volumesLeft(client, ours, signal)
}

/** Lets Flux uninstall them; where it does not run, takes the finalizer away: their namespace is removed next. */
async function removeHelmReleases(client: KubernetesClient, signal: AbortSignal): Promise<void> {
  const kind = { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' }
  const list = () =>
    listObjects(client, kind, { namespace: planeNamespace }, signal).catch((error: unknown) => {
      if (isKindUnknown(error)) return []
      throw error
    })
  const at = ({ metadata }: KubernetesObject) => ({ namespace: planeNamespace, name: metadata.name })
  for (const release of await list()) await deleteObject(client, release, at(release), {}, signal)
  if (await eventually(async () => (await list()).length === 0, uninstallLimitMs, signal)) return
  for (const release of await list()) {
    const { finalizers } = release.metadata
    for (const finalizer of Array.isArray(finalizers) ? finalizers : [])
      await removeFinalizer(client, release, at(release), String(finalizer), signal)
  }
}

/** The volumes of these namespaces that the cluster keeps: those of a class with "Retain". */
async function volumesLeft(
  client: KubernetesClient,
  ours: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<string[]> {
  type Volume = KubernetesObject & {
    readonly spec?: { claimRef?: { namespace?: string }; persistentVolumeReclaimPolicy?: string }
  }
  const list = async (): Promise<Volume[]> => {
    const all = await listObjects<Volume>(client, { apiVersion: 'v1', kind: 'PersistentVolume' }, {}, signal)
    return all.filter(({ spec }) => ours.has(spec?.claimRef?.namespace ?? ''))
  }
  const isSettled = async (): Promise<boolean> =>
    (await list()).every(({ spec }) => spec?.persistentVolumeReclaimPolicy === 'Retain')
  await eventually(isSettled, volumesLimitMs, signal)
  return (await list()).map(({ metadata }) => `PersistentVolume ${metadata.name}`)
}
