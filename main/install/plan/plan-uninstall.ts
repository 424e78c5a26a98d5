import type { Plan, PlanLoss, PlanStep } from '../../../preload/contract/install.ts'
import { digestOf } from '../digest.ts'
import type { DesiredSecret, PlaneInstallation, PlannedRelease } from '../installation.ts'
import { type Observed, type ObservedRelease, secretKey } from '../observe/observe.ts'
import { isForeign, type Revision } from '../observe/releases.ts'
import { deletedObjects, type InstanceCounts, lossesOf } from './losses.ts'
import { withNeeds } from './order.ts'
import { planStep } from './plan-step.ts'
import { droppedId, droppedSteps, keepStep, keptObjects, removalStep } from './removal.ts'
import { subjectOf } from './subject.ts'
import { type ClusterState, unknownState, waysOut } from './ways-out.ts'

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

function secretSteps(secret: DesiredSecret, { secrets }: Observed): PlanStep[] {
  const { namespace, name } = secret
  const id = `secret:${namespace}/${name}`
  const presence = secrets.get(secretKey(secret))?.presence ?? 'absent'
  if (presence === 'absent' || presence === 'ending') return []
  if (presence === 'others') return [keepStep(id, `Keep Secret ${name}`, 'It was not created by Hangar.')]
  return [deleteSecret(secret)]
}

const deleteSecret = ({ namespace, name }: { readonly namespace: string; readonly name: string }): PlanStep =>
  planStep({
    id: `secret:${namespace}/${name}`,
    title: `Delete Secret ${name}`,
    kind: 'delete',
    namespace,
    before: 'exists',
    after: 'deleted',
    objects: [{ kind: 'Secret', namespace, name }],
  })

function namespaceSteps(name: string, { namespaces, claims }: Observed): PlanStep[] {
  const id = `namespace:${name}`
  const presence = namespaces.get(name) ?? 'absent'
  if (presence === 'absent') return []
  if (presence === 'others') return [keepStep(id, `Keep namespace ${name}`, 'It was not created by Hangar.')]
  if (claims.some((claim) => claim.namespace === name && !claim.owned)) {
    return [keepStep(id, `Keep namespace ${name}`, 'It holds volume claims that are kept.')]
  }
  return [deleteNamespace(name)]
}

const deleteNamespace = (name: string): PlanStep =>
  planStep({
    id: `namespace:${name}`,
    title: `Delete namespace ${name}`,
    kind: 'delete',
    namespace: name,
    before: 'exists',
    after: 'deleted',
    objects: [{ kind: 'Namespace', name }],
    notes: ['Only if it holds no unrelated objects.'],
  })

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
  const dropped = observed.dropped.releases.find((each) => droppedId(each) === id)
  const { history = [] } = dropped ?? observed.releases.get(release) ?? {}
  const deleted = deletedObjects(history.at(-1), namespace)
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

const lastOf = ({ id, release = '' }: PlanStep, observed: Observed): Revision | undefined => {
  const dropped = observed.dropped.releases.find((each) => droppedId(each) === id)
  return (dropped ?? observed.releases.get(release))?.history.at(-1)
}

/** Pure: what an uninstall would do now, in reverse order of the install. Objects that are kept are listed with the reason. */
export function planUninstall(
  installation: PlaneInstallation,
  observed: Observed,
  instances: InstanceCounts,
  createdAt: string,
  state: ClusterState = unknownState,
): Plan {
  const { planeId, context, profile, releases, secrets, namespaces } = installation
  const removals = [
    ...releases
      .toReversed()
      .flatMap((release) => releaseSteps(release, observed.releases.get(release.name) ?? { history: [] }, profile)),
    ...observed.dropped.releases.flatMap(droppedSteps),
    ...secrets.flatMap((secret) => secretSteps(secret, observed)),
    ...observed.dropped.secrets.map(deleteSecret),
    ...namespaces.toReversed().flatMap((name) => namespaceSteps(name, observed)),
    ...observed.dropped.namespaces.map(deleteNamespace),
    ...claimSteps(observed),
  ]
  const ordered = releases.map((release) => {
    const last = observed.releases.get(release.name)?.history.at(-1)
    return { ...release, objects: last?.objects, definitions: last?.customResourceDefinitions }
  })
  const steps = withNeeds('uninstall', removals, ordered)
  const out = steps.map((step) => waysOut(step, lastOf(step, observed), state))
  const losses = [
    ...out.flatMap((each) => each.losses),
    ...steps.flatMap((step) => [...releaseLosses(step, observed, instances), ...secretLosses(step, secrets)]),
  ]
  const ways = out.flatMap((each) => each.ways)
  return {
    schemaVersion: 1,
    planeId,
    action: 'uninstall',
    createdAt,
    context,
    steps,
    losses,
    ways,
    digest: digestOf(subjectOf({ steps, losses, ways })),
  }
}
