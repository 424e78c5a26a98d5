import type { Plan, PlanLoss, PlanStep } from '../../../preload/contract/install.ts'
import { digestOf } from '../digest.ts'
import type { DesiredSecret, PlaneInstallation, PlannedRelease } from '../installation.ts'
import { asJson } from '../observe/kubernetes-object.ts'
import { isKept, referenceIn } from '../observe/manifest.ts'
import { type Observed, type ObservedRelease, secretKey } from '../observe/observe.ts'
import { describeRevision, isForeign, type Revision } from '../observe/releases.ts'
import { deletedObjects, type InstanceCounts, lossesOf } from './losses.ts'
import { planStep } from './plan-step.ts'

/** A step that changes nothing and names the reason. */
const keepStep = (id: string, title: string, note: string, objects: PlanStep['objects'] = []): PlanStep =>
  planStep({ id: `keep:${id}`, title, kind: 'keep', before: 'exists', after: 'exists', notes: [note], objects })

function releaseSteps(release: PlannedRelease, observed: ObservedRelease, profile: string): PlanStep[] {
  const { history, flux } = observed
  const { name } = release
  const last = history.at(-1)
  const isFlux = flux !== undefined && flux.state !== 'absent'
  if (!isFlux && last === undefined) return []
  if (isFlux ? flux.profile !== profile : isForeign(history, profile)) {
    return [keepStep(`release:${name}`, `Keep release ${name}`, 'It does not belong to this plane.')]
  }
  return [removalStep(release, last, isFlux), ...keptObjects(release, last)]
}

function removalStep(
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

function keptObjects({ name, namespace, title }: PlannedRelease, last: Revision | undefined): PlanStep[] {
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

function secretSteps(secret: DesiredSecret, { secrets }: Observed): PlanStep[] {
  const { namespace, name } = secret
  const id = `secret:${namespace}/${name}`
  const presence = secrets.get(secretKey(secret))?.presence ?? 'absent'
  if (presence === 'absent' || presence === 'ending') return []
  if (presence === 'others') return [keepStep(id, `Keep Secret ${name}`, 'It was not created by Hangar.')]
  const objects = [{ kind: 'Secret', namespace, name }]
  return [
    planStep({
      id,
      title: `Delete Secret ${name}`,
      kind: 'delete',
      namespace,
      before: 'exists',
      after: 'deleted',
      objects,
    }),
  ]
}

function namespaceSteps(name: string, { namespaces, claims }: Observed): PlanStep[] {
  const id = `namespace:${name}`
  const presence = namespaces.get(name) ?? 'absent'
  if (presence === 'absent') return []
  if (presence === 'others') return [keepStep(id, `Keep namespace ${name}`, 'It was not created by Hangar.')]
  if (claims.some((claim) => claim.namespace === name && !claim.owned)) {
    return [keepStep(id, `Keep namespace ${name}`, 'It holds volume claims that are kept.')]
  }
  return [
    planStep({
      id,
      title: `Delete namespace ${name}`,
      kind: 'delete',
      namespace: name,
      before: 'exists',
      after: 'deleted',
      objects: [{ kind: 'Namespace', name }],
      notes: ['Only if it holds no unrelated objects.'],
    }),
  ]
}

const claimSteps = ({ claims }: Observed): PlanStep[] =>
  claims
    .filter(({ owned }) => !owned)
    .map(({ namespace, name }) =>
      keepStep(`claim:${namespace}/${name}`, `Keep volume claim ${name}`, 'It holds data and belongs to no release.', [
        { kind: 'PersistentVolumeClaim', namespace, name },
      ]),
    )

function releaseLosses(
  { id, kind, release = '', namespace = '' }: PlanStep,
  observed: Observed,
  instances: InstanceCounts,
): PlanLoss[] {
  if (kind !== 'helm-uninstall' && kind !== 'flux-delete') return []
  const deleted = deletedObjects(observed.releases.get(release)?.history.at(-1), namespace)
  return lossesOf(deleted, namespace, instances).map((loss) => ({ ...loss, step: id }))
}

/** A Secret is written again from the vault, unless the vault has lost its values. */
function secretLosses({ id, kind }: PlanStep, secrets: readonly DesiredSecret[]): PlanLoss[] {
  const secret = secrets.find(({ namespace, name }) => id === `secret:${namespace}/${name}`)
  if (kind !== 'delete' || secret === undefined || secret.missing.length === 0) return []
  const { namespace, name, missing } = secret
  const message = `Secret ${namespace}/${name} is deleted. The vault does not have its values ${missing.join(', ')}.`
  return [{ id, step: id, kind: 'secret', message, objects: [{ kind: 'Secret', namespace, name }] }]
}

/** Pure: what an uninstall would do now, in reverse order of the install. Objects that are kept are listed with the reason. */
export function planUninstall(
  installation: PlaneInstallation,
  observed: Observed,
  instances: InstanceCounts,
  createdAt: string,
): Plan {
  const { planeId, context, profile, releases, secrets, namespaces } = installation
  const steps = [
    ...releases
      .toReversed()
      .flatMap((release) => releaseSteps(release, observed.releases.get(release.name) ?? { history: [] }, profile)),
    ...secrets.flatMap((secret) => secretSteps(secret, observed)),
    ...namespaces.toReversed().flatMap((name) => namespaceSteps(name, observed)),
    ...claimSteps(observed),
  ]
  const losses = steps.flatMap((step) => [...releaseLosses(step, observed, instances), ...secretLosses(step, secrets)])
  return {
    schemaVersion: 1,
    planeId,
    action: 'uninstall',
    createdAt,
    context,
    steps,
    losses,
    digest: digestOf(asJson({ steps, losses })),
  }
}
