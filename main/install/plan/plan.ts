import type { Plan, PlanLoss, PlanStep } from '../../../preload/contract/install.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { digestOf } from '../digest.ts'
import type { HelmFacts } from '../helm/helm-program.ts'
import type { DesiredSecret } from '../installation.ts'
import { labelKeys } from '../labels.ts'
import { asJson } from '../observe/kubernetes-object.ts'
import { referenceIn } from '../observe/manifest.ts'
import { type Observed, type ObservedRelease, secretKey } from '../observe/observe.ts'
import { describeRevision, foreignRelease, isForeign, type Revision } from '../observe/releases.ts'
import type { Desired, DesiredRelease } from './desired.ts'
import type { Rendered } from './install-session.ts'
import { deletedObjects, type InstanceCounts, lossesOf } from './losses.ts'
import { planStep } from './plan-step.ts'
import { describeRecovery, possibleAuthor, recoveryOf } from './recovery.ts'
import { pathsOfNulls } from './values.ts'

/** Whether the plan would change nothing. */
export const isNothingToDo = ({ steps }: Plan): boolean => steps.every(({ kind }) => kind === 'keep')

const currentState = (last: Revision | undefined): string =>
  last === undefined ? 'not installed' : describeRevision(last)

function helmStep(
  release: DesiredRelease,
  { history }: ObservedRelease,
  { profile, thisHost }: { readonly profile: string; readonly thisHost: string },
  objects: PlanStep['objects'],
): PlanStep {
  const { name, namespace, title, chart, contentDigest } = release
  if (isForeign(history, profile)) throw foreignRelease(release, history)
  const last = history.at(-1)
  const before = currentState(last)
  const after = `${chart.name}-${chart.version}, deployed`
  const id = `release:${name}`
  const common = { id, release: name, namespace, chart: `${chart.name} ${chart.version}`, objects, before, after }
  const digest = `The chart has the digest sha256:${chart.digest}.`
  if (last === undefined)
    return planStep({ ...common, title: `Install ${title}`, kind: 'helm-install', notes: [digest] })
  // Uninstalled with --keep-history: nothing of it is in the cluster.
  if (last.status === 'uninstalled')
    return planStep({ ...common, title: `Install ${title}`, kind: 'helm-install', notes: [digest] })
  const recovery = recoveryOf(history)
  if (recovery !== undefined) {
    const notes = [describeRecovery(name, last, recovery), possibleAuthor(last, thisHost), digest]
    return planStep({ ...common, title: `Recover ${title}`, kind: 'helm-recover', notes })
  }
  if (last.status === 'deployed' && last.labels[labelKeys.contentDigest] === contentDigest) {
    return planStep({ ...common, title: `Keep ${title}`, kind: 'keep', after: before, objects: [] })
  }
  return planStep({ ...common, title: `Upgrade ${title}`, kind: 'helm-upgrade', notes: [digest] })
}

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
  if (presence === 'ours' && (observed?.contentDigest === contentDigest || missing.length > 0)) {
    return planStep({ ...common, title: `Keep Secret ${name}`, kind: 'keep', before, after: before })
  }
  return planStep({
    ...common,
    title: `Write ${title} to Secret ${name}`,
    kind: 'secret',
    before,
    after: `${type} with ${keys.join(', ')}`,
    objects: [{ kind: 'Secret', namespace, name }],
    notes: missing.length > 0 ? [`Not stored yet: ${missing.join(', ')}.`] : [],
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
  /** The label of this computer. */
  readonly thisHost: string
}

/** What a step deletes, and the undoing of an interrupted release. */
function releaseLosses(release: DesiredRelease, step: PlanStep, facts: PlanFacts): PlanLoss[] {
  if (step.kind !== 'helm-upgrade' && step.kind !== 'helm-recover') return []
  const { name, namespace } = release
  const { id } = step
  const history = facts.observed.releases.get(name)?.history ?? []
  const last = history.at(-1)
  const recovery = recoveryOf(history)
  const isDeletedFirst = recovery?.kind === 'reinstall'
  const deleted = deletedObjects(last, namespace, isDeletedFirst ? [] : facts.templates.get(name))
  const losses = lossesOf(deleted, namespace, facts.instances).map((loss) => ({ ...loss, step: id }))
  if (last === undefined || recovery === undefined) return losses
  const message = describeRecovery(name, last, recovery)
  const objects = deleted.map((object) => referenceIn(object, namespace))
  return [{ id: `recover:${name}`, step: id, kind: 'recovery', message, objects }, ...losses]
}

/** Pure: what an install would do now, in order. Throws RELEASE_FOREIGN. */
export function planInstall(facts: PlanFacts, helm: HelmFacts, createdAt: string): Plan {
  const { desired, observed, rendered, thisHost } = facts
  const releases = desired.releases.map((release) => {
    const current = observed.releases.get(release.name) ?? { history: [] }
    const objects = (rendered.get(release.name) ?? []).map((object) => referenceIn(object, release.namespace))
    return release.via === 'flux'
      ? fluxStep(release, current, desired.profile)
      : helmStep(release, current, { profile: desired.profile, thisHost }, objects)
  })
  const changes = [
    ...desired.namespaces.flatMap((name) => namespaceSteps(name, observed)),
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
  const steps = (hasChanges ? [...changes, verify] : changes).map((step) => withHelmNote(step, helm))
  const losses = desired.releases.flatMap((release) =>
    steps.filter((step) => step.release === release.name).flatMap((step) => releaseLosses(release, step, facts)),
  )
  const content = desired.releases.map(({ name, contentDigest, chart }) => ({
    name,
    desired: contentDigest,
    chart: chart.digest,
  }))
  return {
    schemaVersion: 1,
    planeId: desired.planeId,
    action: 'install',
    createdAt,
    context: desired.context,
    steps,
    losses,
    digest: digestOf(
      asJson({ steps, losses, content, secrets: desired.secrets.map(({ contentDigest }) => contentDigest) }),
    ),
  }
}
