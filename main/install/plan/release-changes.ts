import { isDeepStrictEqual } from 'node:util'
import type { FieldChange, ObjectChange, PlanLoss } from '../../../preload/contract/install.ts'
import type { ObjectReference } from '../../../preload/contract/words.ts'
import { labelKeys } from '../labels.ts'
import type { KubernetesObject } from '../observe/kubernetes-object.ts'
import type { PlacedObject } from '../observe/live-objects.ts'
import { isHook, referenceIn } from '../observe/manifest.ts'
import { type History, type Revision, valuesDigest } from '../observe/releases.ts'
import { compareObject, describeObject, type ObjectFinding, type ReleaseComparison } from './changes.ts'
import type { Desired, DesiredRelease } from './desired.ts'
import type { Rendered } from './install-session.ts'

/** Whether the last revision claims the desired content. Its labels claim that also of what another helm wrote later. */
export const isUpToDate = (last: Revision, { contentDigest }: DesiredRelease): boolean =>
  last.status === 'deployed' && last.labels[labelKeys.contentDigest] === contentDigest

/** Why the record is not what Hangar wrote; undefined if it is. Helm carries labels over, so the revision is one of them. */
export function recordDrift(last: Revision, { chart, values }: DesiredRelease): string | undefined {
  const { revision, labels } = last
  const written = labels[labelKeys.revision]
  const source = last.chart === undefined ? '' : `, from ${last.chart}`
  if (written !== undefined && Number(written) !== revision)
    return `Another helm wrote revision ${revision}${source}; Hangar wrote revision ${written}.`
  const desiredChart = `${chart.name}-${chart.version}`
  if (last.chart !== undefined && last.chart !== desiredChart)
    return `Helm's record has the chart ${last.chart} instead of ${desiredChart}.`
  if (last.valuesDigest !== undefined && last.valuesDigest !== valuesDigest(values))
    return `Helm's record of revision ${revision} has other values than the plane.`
  return undefined
}

const isProven = (last: Revision, release: DesiredRelease): boolean =>
  isUpToDate(last, release) && recordDrift(last, release) === undefined

/** A record that helm can upgrade without recovering it first. */
const comparedStatus = new Set<Revision['status']>(['deployed', 'failed', 'superseded'])

/** What is compared with the cluster. */
export interface ComparedObjects {
  readonly objects: readonly PlacedObject[]
  /** Whether an object is what helm applied last. */
  readonly isUnchanged: (object: PlacedObject) => boolean
}

/**
 * Pure: of a release that stays as it is the objects of helm's record, because a chart may render some values anew each time; of
 * the others the rendered ones.
 */
export function objectsToCompare(
  { releases }: Pick<Desired, 'releases'>,
  histories: ReadonlyMap<string, { readonly history: History }>,
  templates: Rendered,
): ComparedObjects {
  const recorded = new Map<string, KubernetesObject>()
  const objects = releases.flatMap((release): PlacedObject[] => {
    const { name, namespace, via } = release
    const last = histories.get(name)?.history.at(-1)
    if (via !== 'helm' || last === undefined || !comparedStatus.has(last.status)) return []
    const placed = (object: KubernetesObject): PlacedObject => ({
      release: name,
      releaseNamespace: namespace,
      namespace: object.metadata?.namespace ?? namespace,
      object,
    })
    if (last.status === 'deployed') for (const object of last.objects ?? []) recorded.set(keyOf(placed(object)), object)
    const source = isProven(last, release) ? last.objects : templates.get(name)
    return (source ?? []).filter((object) => !isHook(object)).map(placed)
  })
  return { objects, isUnchanged: (each) => isDeepStrictEqual(recorded.get(keyOf(each)), each.object) }
}

const keyOf = ({ release, releaseNamespace, object }: PlacedObject): string =>
  `${release} ${object.apiVersion} ${describeObject(referenceIn(object, releaseNamespace))}`

/** What a release does to the cluster, beyond what helm's record says. */
export interface ReleaseChanges {
  readonly changes: readonly ObjectChange[]
  readonly losses: readonly Omit<PlanLoss, 'step'>[]
  /** Objects that could not be compared, with the reason. */
  readonly unknown: readonly string[]
}

/** Pure. `secrets`: texts that are not shown. */
export function releaseChanges(
  release: string,
  { objects, autoscaled }: ReleaseComparison,
  secrets: readonly string[],
): ReleaseChanges {
  const results = objects.map((object) => compareObject(object, autoscaled, secrets))
  const findings = results.flatMap(({ finding }) => finding ?? [])
  const refused = findings.filter(({ change }) => change.change === 'recreate' && neverDeleted.has(change.object.kind))
  return {
    changes: findings
      .filter((finding) => !refused.includes(finding))
      .map(({ change }) => change)
      .filter(({ change, fields }) => change !== 'change' || fields.length > 0),
    losses: findings.filter((finding) => !refused.includes(finding)).flatMap((finding) => lossOf(release, finding)),
    unknown: [
      ...results.flatMap(({ unknown }) => unknown ?? []),
      ...refused.map(({ change, message }) => `${describeObject(change.object)}: ${message}`),
    ],
  }
}

/** Others keep in them what no chart can restore. */
const neverDeleted = new Set(['Namespace', 'CustomResourceDefinition', 'PersistentVolume'])

/** `recreate:RELEASE/KIND/NAMESPACE/NAME` */
export const changeLossId = (
  kind: 'overwrite' | 'recreate',
  release: string,
  { kind: objectKind, namespace, name }: ObjectReference,
): string => [`${kind}:${release}`, objectKind, ...(namespace === undefined ? [] : [namespace]), name].join('/')

/** Whether helm may take over fields of the release's objects. */
export const mayOverwrite = (release: string, acceptedLosses: readonly string[]): boolean =>
  acceptedLosses.some((id) => id.startsWith(`overwrite:${release}/`))

function lossOf(
  release: string,
  { change, conflicts, setByController, message }: ObjectFinding,
): Omit<PlanLoss, 'step'>[] {
  const { object } = change
  const named = describeObject(object)
  if (change.change === 'recreate') {
    const id = changeLossId('recreate', release, object)
    const data = object.kind === 'PersistentVolumeClaim' ? ', and its data are lost' : ''
    const text = `${named} is deleted and created again${data}: a field that cannot change differs. ${message}`
    return [{ id, kind: 'recreate', message: text, objects: [object] }]
  }
  if (conflicts.length === 0) return []
  const again = setByController ? ' The controller that sets it can set it again.' : ''
  const text = `${named}: ${summaryOf(conflicts, overwriting)}.${again}`
  return [{ id: changeLossId('overwrite', release, object), kind: 'overwrite', message: text, objects: [object] }]
}

const summaryOf = (fields: readonly FieldChange[], sentence: (field: FieldChange) => string): string =>
  [...fields.slice(0, 3).map(sentence), ...(fields.length > 3 ? [`${fields.length - 3} more fields`] : [])].join(', ')

const shortLimit = 80
const short = (value: string | null): string =>
  value === null ? 'absent' : value.length > shortLimit ? `${value.slice(0, shortLimit)}…` : value

function overwriting({ path, before, after, hidden, managers }: FieldChange): string {
  const values = hidden ? '' : ` from ${short(before)} to ${short(after)}`
  return `${path}, set by ${managers.join(' and ')}, changes${values}`
}

function drifted({ path, before, after, hidden, managers }: FieldChange): string {
  const by = managers.length === 0 ? '' : ` (${managers.join(', ')})`
  return hidden ? `${path} differs${by}` : `${path} is ${short(before)} instead of ${short(after)}${by}`
}

/** How the cluster differs from what helm applied, in a sentence. */
export function describeDrift({ object, change, fields }: ObjectChange): string {
  const named = describeObject(object)
  switch (change) {
    case 'create':
      return `${named} was deleted.`
    case 'recreate':
      return `${named} has a field that cannot be changed back.`
    case 'delete':
      return `${named} is no part of the chart.`
    case 'change':
      return `${named}: ${summaryOf(fields, drifted)}.`
  }
}
