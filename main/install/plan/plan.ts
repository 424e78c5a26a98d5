import type { ObjectChange, Plan, PlanLoss, PlanStep } from '../../../preload/contract/install.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { digestOf } from '../digest.ts'
import type { HelmFacts } from '../helm/helm-program.ts'
import type { DesiredSecret } from '../installation.ts'
import { referenceIn } from '../observe/manifest.ts'
import { type DroppedRelease, type Observed, type ObservedRelease, secretKey } from '../observe/observe.ts'
import { describeRevision, foreignRelease, isAdoptable, isForeign, type Revision } from '../observe/releases.ts'
import { adoption } from './adoption.ts'
import type { ReleaseComparison } from './changes.ts'
import type { Desired, DesiredRelease } from './desired.ts'
import type { Rendered } from './install-session.ts'
import { deletedObjects, type InstanceCounts, lossesOf } from './losses.ts'
import { withNeeds } from './order.ts'
import { planStep } from './plan-step.ts'
import { describeRecovery, possibleAuthor, recoveryOf } from './recovery.ts'
import { describeDrift, isUpToDate, type ReleaseChanges, recordDrift, releaseChanges } from './release-changes.ts'
import { droppedLoss, droppedSteps, keepWay } from './removal.ts'
import { subjectOf } from './subject.ts'
import { pathsOfNulls } from './values.ts'
import { type ClusterState, unknownState, waysOut } from './ways-out.ts'

/** Whether the plan would change nothing. */
export const isNothingToDo = ({ steps }: Plan): boolean => steps.every(({ kind }) => kind === 'keep')

const currentState = (last: Revision | undefined): string =>
  last === undefined ? 'not installed' : describeRevision(last)

function helmStep(release: DesiredRelease, { history }: ObservedRelease, facts: PlanFacts): PlanStep {
  const { name, namespace, title, chart } = release
  const isAdopted = isForeign(history, facts.desired.profile)
  if (isAdopted && !isAdoptable(history)) throw foreignRelease(release, history)
  const objects = (facts.rendered.get(name) ?? []).map((object) => referenceIn(object, namespace))
  const last = history.at(-1)
  const before = currentState(last)
  const after = `${chart.name}-${chart.version}, deployed`
  const id = `release:${name}`
  const common = { id, release: name, namespace, chart: `${chart.name} ${chart.version}`, objects, before, after }
  const digest = `The chart has the digest sha256:${chart.digest}.`
  // Uninstalled with --keep-history: nothing of it is in the cluster.
  if (last === undefined || last.status === 'uninstalled')
    return planStep({ ...common, title: `Install ${title}`, kind: 'helm-install', notes: [digest] })
  const recovery = recoveryOf(history)
  if (recovery !== undefined) {
    const notes = [
      describeRecovery(name, last, recovery),
      possibleAuthor(last, facts.thisHost, release.timeoutSeconds),
      digest,
    ]
    return planStep({ ...common, title: `Recover ${title}`, kind: 'helm-recover', notes })
  }
  const { changes, unknown } = changesOf(name, facts)
  const notCompared = unknown.length === 0 ? [] : [`Not compared with the cluster: ${unknown.join('; ')}.`]
  const isCurrent = isUpToDate(last, release)
  const otherRecord = isCurrent ? recordDrift(last, release) : undefined
  if (isCurrent && otherRecord === undefined) {
    if (changes.length === 0)
      return planStep({
        ...common,
        title: `Keep ${title}`,
        kind: 'keep',
        after: before,
        objects: [],
        notes: notCompared,
      })
    const notes = [...driftNotes(changes), ...notCompared]
    return planStep({ ...common, title: `Repair ${title}`, kind: 'helm-repair', changes: [...changes], notes })
  }
  const deleted = deletedObjects(last, namespace, facts.templates.get(name)).map(
    (object): ObjectChange => ({ object: referenceIn(object, namespace), change: 'delete', fields: [], moreFields: 0 }),
  )
  const all = { changes: [...changes, ...deleted], notes: [digest, ...notCompared] }
  return otherRecord === undefined
    ? planStep({ ...common, ...all, title: `${isAdopted ? 'Adopt' : 'Upgrade'} ${title}`, kind: 'helm-upgrade' })
    : planStep({
        ...common,
        ...all,
        title: `Repair ${title}`,
        kind: 'helm-repair',
        notes: [otherRecord, ...all.notes],
      })
}

const driftSentences = 3

const driftNotes = (changes: readonly ObjectChange[]): string[] => [
  ...changes.slice(0, driftSentences).map(describeDrift),
  ...(changes.length > driftSentences ? [`${changes.length - driftSentences} more objects differ.`] : []),
]

const noComparison: ReleaseComparison = { objects: [], autoscaled: new Set() }

const changesOf = (release: string, { comparisons, secretTexts }: PlanFacts): ReleaseChanges =>
  releaseChanges(release, comparisons.get(release) ?? noComparison, secretTexts.get(release) ?? [])

function fluxStep(release: DesiredRelease, { history, flux }: ObservedRelease, profile: string): PlanStep {
  const { name, namespace, title, source, contentDigest, values } = release
  const common = { id: `release:${name}`, release: name, namespace, chart: source?.url }
  const exists = flux !== undefined && flux.state !== 'absent'
  if (exists && flux.profile !== profile) {
    throw new Problem('RELEASE_FOREIGN', `HelmRelease ${namespace}/${name} does not belong to this plane.`, flux.reason)
  }
  const adopts = !exists && history.length > 0
  if (adopts && isForeign(history, profile)) throw foreignRelease(release, history)
  const before = exists ? `${flux.revision ?? 'no revision yet'}, ${flux.state}` : currentState(history.at(-1))
  if (flux?.state === 'ready' && flux.contentDigest === contentDigest) {
    return planStep({ ...common, title: `Keep ${title} (Flux)`, kind: 'keep', before, after: before })
  }
  const nulls = pathsOfNulls(values)
  return planStep({
    ...common,
    title: `Apply HelmRelease of ${title}`,
    kind: 'flux-apply',
    before,
    after: `installed and updated by Flux from ${source?.url ?? 'its source'}`,
    objects: [
      { kind: 'OCIRepository', namespace, name },
      { kind: 'HelmRelease', namespace, name },
    ],
    notes: [
      'Flux installs and updates this release. Hangar applies its HelmRelease and waits for it.',
      ...(adopts
        ? ['Flux takes over the existing release. Pods restart if the chart writes its own version into them.']
        : []),
      ...(nulls.length > 0
        ? [`Null values (${nulls.join(', ')}): Hangar checks that the API server preserves them.`]
        : []),
    ],
  })
}

function secretStep(secret: DesiredSecret, { secrets }: Observed): PlanStep {
  const { namespace, name, title, contentDigest, missing, type, keys } = secret
  const observed = secrets.get(secretKey(secret))
  const presence = observed?.presence ?? 'absent'
  const common = { id: `secret:${namespace}/${name}`, namespace }
  if (presence === 'others') {
    const notes = ['It was not created by Hangar. The charts use it unchanged.']
    return planStep({ ...common, title: `Keep Secret ${name}`, kind: 'keep', before: 'exists', after: 'exists', notes })
  }
  const before = presence === 'absent' ? 'does not exist' : `exists, with ${title}`
  const edited = observed?.edited ?? []
  const isCurrent = observed?.contentDigest === contentDigest && edited.length === 0
  if (presence === 'ours' && (isCurrent || missing.length > 0)) {
    return planStep({ ...common, title: `Keep Secret ${name}`, kind: 'keep', before, after: before })
  }
  return planStep({
    ...common,
    title: `Write ${title} to Secret ${name}`,
    kind: 'secret',
    before,
    after: `${type} with ${keys.join(', ')}`,
    objects: [{ kind: 'Secret', namespace, name }],
    notes: [
      ...(missing.length > 0 ? [`Not stored yet: ${missing.join(', ')}.`] : []),
      ...(edited.length > 0 ? [`Changed since Hangar wrote it: ${edited.join(', ')}.`] : []),
    ],
  })
}

function namespaceSteps(name: string, { namespaces }: Observed): PlanStep[] {
  const presence = namespaces.get(name) ?? 'absent'
  if (presence === 'ours' || presence === 'others') return []
  return [
    planStep({
      id: `namespace:${name}`,
      title: `Create namespace ${name}`,
      kind: 'namespace',
      namespace: name,
      before: presence === 'ending' ? 'being deleted' : 'does not exist',
      after: 'exists',
      objects: [{ kind: 'Namespace', name }],
    }),
  ]
}

const withHelmNote = (step: PlanStep, helm: HelmFacts): PlanStep =>
  helm.verified || !step.kind.startsWith('helm-')
    ? step
    : { ...step, notes: [...step.notes, `Uses the unverified helm from the PATH: ${helm.path}, ${helm.version}.`] }

/** The desired and the current state of a plane. */
export interface PlanFacts {
  readonly desired: Desired
  readonly observed: Observed
  /** With the definitions of `crds/`. */
  readonly rendered: Rendered
  /** Without them: what helm's manifest will contain. */
  readonly templates: Rendered
  readonly instances: InstanceCounts
  /** By release: its objects beside the cluster. Absent for one that is not upgraded. */
  readonly comparisons: ReadonlyMap<string, ReleaseComparison>
  /** By release: texts of its values that are not shown. */
  readonly secretTexts: ReadonlyMap<string, readonly string[]>
  readonly state?: ClusterState
  /** The label of this computer. */
  readonly thisHost: string
}

const losingKinds = new Set<PlanStep['kind']>(['helm-upgrade', 'helm-repair', 'helm-recover'])

/** What a step deletes or overwrites, and the undoing of an interrupted release. */
function releaseLosses(release: DesiredRelease, step: PlanStep, facts: PlanFacts): PlanLoss[] {
  if (!losingKinds.has(step.kind)) return []
  const { name, namespace } = release
  const { id } = step
  const history = facts.observed.releases.get(name)?.history ?? []
  const last = history.at(-1)
  const adopted = isForeign(history, facts.desired.profile) && last !== undefined ? [adoption(release, last, id)] : []
  const recovery = recoveryOf(history)
  const isDeletedFirst = recovery?.kind === 'reinstall'
  // A release that is repaired to its own record deletes nothing, also if its chart renders other names each time.
  const isRepairedToRecord =
    step.kind === 'helm-repair' && last !== undefined && recordDrift(last, release) === undefined
  const deleted = isRepairedToRecord
    ? []
    : deletedObjects(last, namespace, isDeletedFirst ? [] : facts.templates.get(name))
  const losses = [...lossesOf(deleted, namespace, facts.instances), ...changesOf(name, facts).losses].map((loss) => ({
    ...loss,
    step: id,
  }))
  if (last === undefined || recovery === undefined) return [...adopted, ...losses]
  const message = describeRecovery(name, last, recovery)
  const objects = deleted.map((object) => referenceIn(object, namespace))
  return [{ id: `recover:${name}`, step: id, kind: 'recovery', message, objects }, ...losses]
}

const droppedLosses = ({ history, namespace }: DroppedRelease, step: PlanStep, facts: PlanFacts): PlanLoss[] => [
  droppedLoss(step),
  ...lossesOf(deletedObjects(history.at(-1), namespace), namespace, facts.instances).map((loss) => ({
    ...loss,
    step: step.id,
  })),
]

/** Pure: what an install would do now, in order, with what each step waits for. Throws RELEASE_FOREIGN. */
export function planInstall(facts: PlanFacts, helm: HelmFacts, createdAt: string): Plan {
  const { desired, observed } = facts
  const releases = desired.releases.map((release) => {
    const current = observed.releases.get(release.name) ?? { history: [] }
    return release.via === 'flux' ? fluxStep(release, current, desired.profile) : helmStep(release, current, facts)
  })
  // Removed before the others are changed: a release cannot take over an object that another one has.
  const dropped = observed.dropped.releases.map((release) => ({ release, steps: droppedSteps(release) }))
  const changes = [
    ...desired.namespaces.flatMap((name) => namespaceSteps(name, observed)),
    ...dropped.flatMap(({ steps }) => steps),
    ...desired.secrets.map((secret) => secretStep(secret, observed)),
    ...releases,
  ]
  const verify = planStep({
    id: 'verify',
    title: 'Verify',
    kind: 'verify',
    before: '',
    after: 'all workloads are ready',
  })
  const hasChanges = changes.some(({ kind }) => kind !== 'keep')
  const ordered = desired.releases.map((release) => ({ ...release, objects: facts.rendered.get(release.name) ?? [] }))
  const steps = withNeeds('install', hasChanges ? [...changes, verify] : changes, ordered).map((step) =>
    withHelmNote(step, helm),
  )
  const lastOf = ({ release = '' }: PlanStep) => observed.releases.get(release)?.history.at(-1)
  const out = steps.map((step) => waysOut(step, lastOf(step), facts.state ?? unknownState))
  const ways = [
    ...out.flatMap((each) => each.ways),
    ...dropped.flatMap(({ steps: [step] }) => (step ? [keepWay(step)] : [])),
  ]
  const losses = [
    ...out.flatMap((each) => each.losses),
    ...dropped.flatMap(({ release, steps: [step] }) => (step ? droppedLosses(release, step, facts) : [])),
    ...desired.releases.flatMap((release) =>
      steps.filter(({ id }) => id === `release:${release.name}`).flatMap((step) => releaseLosses(release, step, facts)),
    ),
  ]
  return {
    schemaVersion: 1,
    planeId: desired.planeId,
    action: 'install',
    createdAt,
    context: desired.context,
    steps,
    losses,
    ways,
    digest: digestOf(subjectOf({ steps, losses, ways }, desired)),
  }
}
