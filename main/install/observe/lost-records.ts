import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import type { Discovery } from '../../lib/kubernetes/discovery.ts'
import type { PlaneInstallation, PlannedRelease } from '../installation.ts'
import { labelKeys } from '../labels.ts'
import { metadataOfAll } from './blocked-deletions.ts'
import { type KubernetesObject, listAt, nameOf } from './kubernetes-object.ts'
import type { Observed, ObservedRelease } from './observe.ts'
import { isLost, type Revision } from './releases.ts'

/** Helm writes both on each object of a release: https://helm.sh/docs/chart_best_practices/labels/ and its ownership check. */
const managedByHelm = 'app.kubernetes.io/managed-by=Helm'
const nameKey = 'meta.helm.sh/release-name'
const namespaceKey = 'meta.helm.sh/release-namespace'

/** Pure: the objects that helm marked as those of the release, without those that their owner deletes. */
export const objectsOfRelease = (
  marked: readonly KubernetesObject[],
  { name, namespace }: Pick<PlannedRelease, 'name' | 'namespace'>,
): readonly KubernetesObject[] =>
  marked
    .filter(({ metadata }) => metadata?.annotations?.[nameKey] === name)
    .filter(({ metadata }) => metadata?.annotations?.[namespaceKey] === namespace)
    .filter((object) => listAt(object, 'metadata', 'ownerReferences').length === 0)
    .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    .map((object) => ({
      apiVersion: object.apiVersion ?? '',
      kind: object.kind ?? '',
      metadata: {
        name: nameOf(object),
        ...(object.metadata?.namespace !== undefined && { namespace: object.metadata.namespace }),
        ...keptMark(object),
      },
    }))

/** The chart keeps it, whatever becomes of its release. */
const keptMark = ({ metadata }: KubernetesObject): Pick<NonNullable<KubernetesObject['metadata']>, 'annotations'> => {
  const policy = metadata?.annotations?.['helm.sh/resource-policy']
  return policy === undefined ? {} : { annotations: { 'helm.sh/resource-policy': policy } }
}

export const markedObjects = (
  client: KubernetesClient,
  discovery: Discovery,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> => metadataOfAll(client, discovery, { labelSelector: managedByHelm }, signal)

/** A revision whose record was deleted, although objects of the release are there. */
export const missingRevision = (
  { name }: Pick<PlannedRelease, 'name'>,
  profile: string,
  objects: readonly KubernetesObject[],
): Revision => ({
  secret: `sh.helm.release.v1.${name}.v1`,
  revision: 1,
  status: 'unknown',
  labels: { owner: 'helm', name, version: '1', [labelKeys.profile]: profile },
  changedAt: Number.NaN,
  record: 'missing',
  objects,
})

/**
 * The same with the objects of releases whose record cannot be read, and for an uninstall, of those without one: found by the
 * marks of helm in the cluster, which is searched only if there is such a release.
 */
export async function withLostRecords(
  client: KubernetesClient,
  discovery: Discovery,
  { releases, profile }: PlaneInstallation,
  observed: Observed,
  action: 'install' | 'uninstall',
  signal: AbortSignal,
): Promise<Observed> {
  const historyOf = ({ name }: PlannedRelease) => observed.releases.get(name)?.history ?? []
  const isThere = ({ namespace }: PlannedRelease) => (observed.namespaces.get(namespace) ?? 'absent') !== 'absent'
  const lost = releases.filter((release) => {
    if (release.via === 'flux') return false
    const last = historyOf(release).at(-1)
    return last === undefined ? action === 'uninstall' && isThere(release) : isLost(last)
  })
  if (lost.length === 0) return observed
  const marked = await markedObjects(client, discovery, signal)
  const found = lost.flatMap((release): (readonly [string, ObservedRelease])[] => {
    const history = historyOf(release)
    const last = history.at(-1)
    const objects = objectsOfRelease(marked, release)
    if (last === undefined && objects.length === 0) return []
    const revision = last === undefined ? missingRevision(release, profile, objects) : { ...last, objects }
    return [[release.name, { history: [...history.slice(0, -1), revision] }]]
  })
  return { ...observed, releases: new Map([...observed.releases, ...found]) }
}
