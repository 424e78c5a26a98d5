import type { PlanLoss, PlanStep, PlanWay } from '../../../preload/contract/install.ts'
import type { PlannedRelease } from '../installation.ts'
import { isKept, referenceIn } from '../observe/manifest.ts'
import type { DroppedRelease } from '../observe/observe.ts'
import { describeRevision, type Revision } from '../observe/releases.ts'
import { planStep } from './plan-step.ts'

/** A step that changes nothing and names the reason. */
export const keepStep = (id: string, title: string, note: string, objects: PlanStep['objects'] = []): PlanStep =>
  planStep({ id: `keep:${id}`, title, kind: 'keep', before: 'exists', after: 'exists', notes: [note], objects })

export function removalStep(
  { name, namespace, title }: PlannedRelease,
  last: Revision | undefined,
  isFlux: boolean,
): PlanStep {
  const objects = (last?.objects ?? [])
    .filter((object) => !isKept(object))
    .map((object) => referenceIn(object, namespace))
  const before = last === undefined ? 'exists' : describeRevision(last)
  const common = { id: `release:${name}`, release: name, namespace, before }
  if (!isFlux) {
    return planStep({ ...common, title: `Uninstall ${title}`, kind: 'helm-uninstall', after: 'uninstalled', objects })
  }
  return planStep({
    ...common,
    title: `Delete the HelmRelease of ${title}`,
    kind: 'flux-delete',
    after: 'uninstalled',
    objects: [{ kind: 'HelmRelease', namespace, name }, { kind: 'OCIRepository', namespace, name }, ...objects],
    notes: ['helm-controller uninstalls the release and must be running.'],
  })
}

export function keptObjects({ name, namespace, title }: PlannedRelease, last: Revision | undefined): PlanStep[] {
  const kept = (last?.objects ?? []).filter(isKept).map((object) => referenceIn(object, namespace))
  const definitions = (last?.customResourceDefinitions ?? []).map((definition) => ({
    kind: 'CustomResourceDefinition',
    name: definition,
  }))
  const steps: PlanStep[] = []
  if (kept.length > 0) {
    const note = 'The chart keeps them (helm.sh/resource-policy: keep).'
    steps.push(keepStep(`objects:${name}`, `Keep objects of ${title}`, note, kept))
  }
  if (definitions.length > 0) {
    const note = 'Deleting a definition would delete every object of its kind in the cluster.'
    steps.push(keepStep(`definitions:${name}`, `Keep custom resource definitions of ${title}`, note, definitions))
  }
  return steps
}

/** Id of the step that removes a release which the profile no longer has. */
export const droppedId = ({ namespace, name }: Pick<DroppedRelease, 'namespace' | 'name'>): string =>
  `dropped:${namespace}/${name}`

/** Removes a release that was found by its marks, and lists what stays. */
export function droppedSteps(release: DroppedRelease): PlanStep[] {
  const last = release.history.at(-1)
  const isFlux = release.via === 'flux'
  if (!isFlux && (last === undefined || last.status === 'uninstalled')) return []
  const step = removalStep(release, last, isFlux)
  const note = 'The profile no longer has this release. It was found by its marks.'
  return [{ ...step, id: droppedId(release), notes: [note, ...step.notes] }, ...keptObjects(release, last)]
}

/** An update removes no release without consent. */
export const droppedLoss = ({ id, namespace = '', release = '', objects }: PlanStep): PlanLoss => ({
  id: `release:${namespace}/${release}`,
  step: id,
  kind: 'release',
  message: `The profile no longer has release ${release} in namespace ${namespace}: it is uninstalled, with its ${objects.length} objects.`,
  objects: [],
})

/** `keep:NAMESPACE/RELEASE` */
export const keepId = (subject: string): string => `keep:${subject}`

/** Instead of uninstalling it, the release can stay: then it is no part of the plane. */
export const keepWay = ({ id, namespace = '', release = '', objects }: PlanStep): PlanWay => ({
  id: keepId(`${namespace}/${release}`),
  step: id,
  kind: 'keep',
  message: `Release ${release} in namespace ${namespace} stays in the cluster instead, with its ${objects.length} objects. Hangar removes its marks from it: later plans, checks and an uninstall of the plane do not cover it.`,
  objects: [],
})
