import type { PlanLoss, PlanStep, PlanWay } from '../../../preload/contract/install.ts'
import type { BlockedDeletion } from '../observe/blocked-deletions.ts'
import type { KubernetesObject } from '../observe/kubernetes-object.ts'
import { referenceIn } from '../observe/manifest.ts'
import { isLost, type Revision } from '../observe/releases.ts'
import { describeRecovery } from './recovery.ts'

/** What the API of the cluster has of a kind: itself, another version of it, or nothing. Undefined: unknown. */
type ServedAs = (object: KubernetesObject) => 'served' | { readonly apiVersion: string } | 'absent' | undefined

/** What of the cluster decides on the ways out. */
export interface ClusterState {
  readonly servedAs: ServedAs
  /** Objects of the plane's namespaces that are being deleted without end. */
  readonly blocked: readonly BlockedDeletion[]
}

export const unknownState: ClusterState = { servedAs: () => undefined, blocked: [] }

/** Pure: the ways out and the losses of a step whose state helm, or Kubernetes, cannot leave by itself. */
export function waysOut(
  step: PlanStep,
  last: Revision | undefined,
  { servedAs, blocked }: ClusterState,
): { readonly ways: readonly PlanWay[]; readonly losses: readonly PlanLoss[] } {
  if (step.id.startsWith('namespace:') && step.kind !== 'keep') {
    const inNamespace = blocked.filter(({ namespace }) => namespace === step.namespace)
    return { ways: finalizerWays(step.id, inNamespace), losses: [] }
  }
  if (last === undefined || !changesRelease.has(step.kind)) return { ways: [], losses: [] }
  return { ways: hookWay(step, last), losses: [...rebuildLoss(step, last), ...kindsLoss(step, last, servedAs)] }
}

const changesRelease = new Set<PlanStep['kind']>(['helm-upgrade', 'helm-repair', 'helm-recover', 'helm-uninstall'])

const named = ({ kind, namespace, name }: { kind: string; namespace?: string | undefined; name: string }): string =>
  `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`

const shownAtMost = 3

const list = (texts: readonly string[]): string =>
  texts.length > shownAtMost
    ? `${texts.slice(0, shownAtMost).join(', ')} and ${texts.length - shownAtMost} more`
    : texts.join(', ')

const deletionEvents = /\b(pre|post)-delete\b/

/** The hooks that helm runs during an uninstall: https://helm.sh/docs/topics/charts_hooks/ */
const deletionHooks = (last: Revision): readonly KubernetesObject[] =>
  (last.hooks ?? []).filter((hook) => deletionEvents.test(hook.metadata?.annotations?.['helm.sh/hook'] ?? ''))

const removesRelease = ({ kind }: PlanStep): boolean => kind === 'helm-uninstall' || kind === 'helm-recover'

/** A hook that fails, or that no node takes, leaves a release `uninstalling` for ever. */
function hookWay(step: PlanStep, last: Revision): PlanWay[] {
  const { release = '', namespace = '' } = step
  const hooks = deletionHooks(last).map((hook) => referenceIn(hook, namespace))
  if (!removesRelease(step) || last.status !== 'uninstalling' || hooks.length === 0) return []
  const message = `Uninstall release ${release} without its hooks (${list(hooks.map(named))}). What they would clean up stays, such as data outside of the cluster.`
  return [{ id: hooksId(release), step: step.id, kind: 'hooks', message, objects: hooks }]
}

export const hooksId = (release: string): string => `hooks:${release}`

/** An install has a loss of its own for each recovery. */
function rebuildLoss(step: PlanStep, last: Revision): PlanLoss[] {
  const { id, release = '', namespace = '', kind } = step
  if (kind !== 'helm-uninstall' || !isLost(last)) return []
  const objects = (last.objects ?? []).map((object) => referenceIn(object, namespace))
  const message = describeRecovery(release, last, { kind: 'rebuild' }).replace('then upgraded', 'then uninstalled')
  return [{ id: `recover:${release}`, step: id, kind: 'recovery', message, objects }]
}

/** The objects of a revision whose kind the cluster does not serve in this version. */
const unservedObjects = (last: Revision, servedAs: ServedAs): readonly KubernetesObject[] =>
  (last.objects ?? []).filter((object) => {
    const found = servedAs(object)
    return found !== undefined && found !== 'served'
  })

function kindsLoss(step: PlanStep, last: Revision, servedAs: ServedAs): PlanLoss[] {
  const { id, release = '', namespace = '' } = step
  const objects = isLost(last) ? [] : unservedObjects(last, servedAs)
  if (objects.length === 0) return []
  const texts = objects.map((object) => {
    const found = servedAs(object)
    const then = typeof found === 'object' ? `becomes ${found.apiVersion}` : 'is removed'
    return `${named(referenceIn(object, namespace))} (${object.apiVersion}) ${then}`
  })
  const message = `Helm's record of release ${release} has kinds that the cluster does not serve, so helm can change nothing. In the record, ${list(texts)}. An object that is removed from it is no longer helm's, and stays if its kind is served again.`
  const references = objects.map((object) => referenceIn(object, namespace))
  return [{ id: kindsId(release), step: id, kind: 'kinds', message, objects: references }]
}

export const kindsId = (release: string): string => `kinds:${release}`

/** The finalizers of objects that are being deleted, each removed only if it is accepted. */
const finalizerWays = (step: string, blocked: readonly BlockedDeletion[]): readonly PlanWay[] =>
  blocked.flatMap(({ kind, namespace, name, since, finalizers, ...rest }) =>
    finalizers.map((finalizer) => ({
      id: finalizerId({ kind, namespace, name, ...rest }, finalizer),
      step,
      kind: 'finalizer' as const,
      message: `Remove the finalizer ${finalizer} of ${named({ kind, namespace, name })}, which is being deleted since ${since}. Its controller no longer cleans up for it: what it manages outside of the object stays, such as resources of a cloud. First check that no controller serves it.`,
      objects: [{ kind, namespace, name }],
    })),
  )

/** `finalizer:APIVERSION/KIND/NAMESPACE/NAME:FINALIZER`: all that is needed to remove it. */
const finalizerId = (
  { apiVersion, kind, namespace, name }: Pick<BlockedDeletion, 'apiVersion' | 'kind' | 'namespace' | 'name'>,
  finalizer: string,
): string => `finalizer:${apiVersion}/${kind}/${namespace}/${name}:${finalizer}`

/** Pure: the reverse of `finalizerId`; undefined for the id of something else. */
export function parseFinalizerId(
  id: string,
): (Pick<BlockedDeletion, 'apiVersion' | 'kind' | 'namespace' | 'name'> & { readonly finalizer: string }) | undefined {
  const [, apiVersion = '', kind = '', namespace = '', name = '', finalizer = ''] =
    /^finalizer:(.+)\/([^/]+)\/([^/]+)\/([^/:]+):([^:]+)$/.exec(id) ?? []
  return finalizer === '' ? undefined : { apiVersion, kind, namespace, name, finalizer }
}

/** Pure: the ways that an operation may take: of those that its plan shows, only what the user accepted. */
export const takenWays = (ways: readonly Pick<PlanWay, 'id'>[], accepted: readonly string[]): string[] =>
  ways.map(({ id }) => id).filter((id) => accepted.includes(id))
