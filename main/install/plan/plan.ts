import type { Plan, PlanStep } from '../../../preload/contract/install.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { isForeign } from '../decide.ts'
import type { HelmProgram } from '../helm/helm-program.ts'
import type { KubernetesObject } from '../observe/kubernetes-object.ts'
import { asJson } from '../observe/kubernetes-object.ts'
import { type FoundRelease, type Observed, secretKey } from '../observe/observe.ts'
import type { History, Revision } from '../observe/releases.ts'
import { type Desired, type DesiredRelease, type DesiredSecret, marks } from './desired.ts'
import { digestOf } from './digest.ts'
import { placedReference } from './manifest.ts'
import { nullPaths } from './values.ts'

/** What a chart renders to, by the release's name. */
export type Rendered = ReadonlyMap<string, readonly KubernetesObject[]>

type Draft = Omit<PlanStep, 'objects' | 'notes'> & Partial<Pick<PlanStep, 'objects' | 'notes'>>

const step = (draft: Draft): PlanStep => ({ objects: [], notes: [], ...draft })

const say = (last: Revision | undefined): string =>
  last === undefined
    ? 'not there'
    : `${[last.chart, `revision ${last.revision}`, last.status].filter(Boolean).join(', ')}`

/** Whether the plan would change nothing. */
export const isNothingToDo = ({ steps }: Plan): boolean => steps.every(({ kind }) => kind === 'keep')

export const foreignRelease = (
  { name, namespace }: Pick<DesiredRelease, 'name' | 'namespace'>,
  history: History,
): Problem => {
  const last = history.at(-1)
  const by = last?.labels['helm.toolkit.fluxcd.io/name'] ? 'Flux' : 'another helm'
  return new Problem(
    'RELEASE_FOREIGN',
    `Release ${name} in namespace ${namespace} was made by ${by} and does not belong to this plane.`,
    say(last),
  )
}

const needsRecovery = new Set(['pending-install', 'pending-upgrade', 'pending-rollback', 'uninstalling'])

function helmStep(
  release: DesiredRelease,
  found: FoundRelease,
  profile: string,
  objects: PlanStep['objects'],
): PlanStep {
  const { name, namespace, title, chart, desired } = release
  if (isForeign(found.history, profile)) throw foreignRelease(release, found.history)
  const last = found.history.at(-1)
  const common = { id: `release:${name}`, release: name, namespace, chart: `${chart.name} ${chart.version}`, objects }
  const before = say(last)
  const after = `${chart.name}-${chart.version}, deployed`
  if (last === undefined) return step({ ...common, title: `Install ${title}`, kind: 'helm-install', before, after })
  if (needsRecovery.has(last.status)) {
    const notes = [`An earlier helm left this release ${last.status}: it is put right before anything else.`]
    return step({ ...common, title: `Recover ${title}`, kind: 'helm-recover', before, after, notes })
  }
  if (last.status === 'deployed' && last.labels[marks.desired] === desired) {
    return step({ ...common, title: `Keep ${title}`, kind: 'keep', before, after: before, objects: [] })
  }
  return step({ ...common, title: `Upgrade ${title}`, kind: 'helm-upgrade', before, after })
}

function fluxStep(release: DesiredRelease, found: FoundRelease, profile: string): PlanStep {
  const { name, namespace, title, source, desired, values } = release
  const flux = found.flux
  const common = { id: `release:${name}`, release: name, namespace, chart: source?.url }
  if (flux && flux.state !== 'absent' && flux.profile !== profile) {
    throw new Problem('RELEASE_FOREIGN', `HelmRelease ${namespace}/${name} does not belong to this plane.`, flux.reason)
  }
  const adopts = (flux === undefined || flux.state === 'absent') && found.history.length > 0
  if (adopts && isForeign(found.history, profile)) throw foreignRelease(release, found.history)
  const before =
    flux && flux.state !== 'absent' ? `${flux.revision ?? 'no revision yet'}, ${flux.state}` : say(found.history.at(-1))
  if (flux?.state === 'ready' && flux.desired === desired) {
    return step({ ...common, title: `Keep ${title} (Flux)`, kind: 'keep', before, after: before })
  }
  const nulls = nullPaths(values)
  return step({
    ...common,
    title: `Hand ${title} to Flux`,
    kind: 'flux-apply',
    before,
    after: `installed and kept up to date by Flux from ${source?.url ?? 'its source'}`,
    objects: [
      { kind: 'OCIRepository', namespace, name },
      { kind: 'HelmRelease', namespace, name },
    ],
    notes: [
      'Flux installs and updates this release; Hangar applies its HelmRelease and waits for it.',
      ...(adopts
        ? [
            'Flux takes over the release that is there. If its chart writes its own version into its pods, they restart.',
          ]
        : []),
      ...(nulls.length > 0
        ? [`Values without a value (${nulls.join(', ')}): whether the cluster keeps them is checked.`]
        : []),
    ],
  })
}

function secretStep(secret: DesiredSecret, found: Observed): PlanStep {
  const { namespace, name, title, desired, missing, type, keys } = secret
  const { presence = 'absent', desired: applied } = found.secrets.get(secretKey(secret)) ?? {}
  const common = { id: `secret:${namespace}/${name}`, namespace, objects: [{ kind: 'Secret', namespace, name }] }
  if (presence === 'others') {
    const notes = ['It was made by somebody else. The charts use it as it stands.']
    return step({
      ...common,
      title: `Keep Secret ${name}`,
      kind: 'keep',
      before: 'there',
      after: 'there',
      objects: [],
      notes,
    })
  }
  const before = presence === 'absent' ? 'not there' : `there, with ${title}`
  if (presence === 'ours' && (applied === desired || missing.length > 0)) {
    return step({ ...common, title: `Keep Secret ${name}`, kind: 'keep', before, after: before, objects: [] })
  }
  const notes = missing.length > 0 ? [`Not stored yet: ${missing.join(', ')}.`] : []
  const after = `${type} with ${keys.join(', ')}`
  return step({ ...common, title: `Put ${title} into Secret ${name}`, kind: 'secret', before, after, notes })
}

function namespaceStep(name: string, { namespaces }: Observed): PlanStep[] {
  const presence = namespaces.get(name) ?? 'absent'
  if (presence === 'ours' || presence === 'others') return []
  const before = presence === 'ending' ? 'being deleted' : 'not there'
  const objects = [{ kind: 'Namespace', name }]
  return [
    step({
      id: `namespace:${name}`,
      title: `Create namespace ${name}`,
      kind: 'namespace',
      namespace: name,
      before,
      after: 'there',
      objects,
    }),
  ]
}

/** Pure: what installing would do now, in order. Throws RELEASE_FOREIGN. */
export function planInstall(
  wanted: Desired,
  observed: Observed,
  rendered: Rendered,
  helm: HelmProgram,
  at: string,
): Plan {
  const releases = wanted.releases.map((release) => {
    const found = observed.releases.get(release.name) ?? { history: [] }
    const objects = (rendered.get(release.name) ?? []).map((object) => placedReference(object, release.namespace))
    return release.via === 'flux'
      ? fluxStep(release, found, wanted.profile)
      : helmStep(release, found, wanted.profile, objects)
  })
  const before = [
    ...wanted.namespaces.flatMap((name) => namespaceStep(name, observed)),
    ...wanted.secrets.map((secret) => secretStep(secret, observed)),
    ...releases,
  ]
  const verify = step({ id: 'verify', title: 'Verify', kind: 'verify', before: '', after: 'all workloads are ready' })
  const changes = before.some(({ kind }) => kind !== 'keep')
  const steps = (changes ? [...before, verify] : before).map((each) =>
    helm.verified || !each.kind.startsWith('helm-')
      ? each
      : { ...each, notes: [...each.notes, `With the helm on the PATH (${helm.path}, ${helm.version}), unverified.`] },
  )
  const content = wanted.releases.map(({ name, desired, chart }) => ({ name, desired, chart: chart.digest }))
  return {
    schemaVersion: 1,
    planeId: wanted.planeId,
    action: 'install',
    createdAt: at,
    context: wanted.context,
    steps,
    digest: digestOf(asJson({ steps, content, secrets: wanted.secrets.map(({ desired }) => desired) })),
  }
}
