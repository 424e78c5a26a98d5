import type { Plan, PlanStep } from '../../../preload/contract/install.ts'
import { isForeign } from '../decide.ts'
import { asJson } from '../observe/kubernetes-object.ts'
import { type FoundRelease, type Observed, secretKey } from '../observe/observe.ts'
import type { PlaneInstallation, PlannedRelease } from './desired.ts'
import { digestOf } from './digest.ts'
import { isKept, placedReference } from './manifest.ts'

type Draft = Omit<PlanStep, 'objects' | 'notes'> & Partial<Pick<PlanStep, 'objects' | 'notes'>>
const step = (draft: Draft): PlanStep => ({ objects: [], notes: [], ...draft })

const keep = (
  id: string,
  title: string,
  before: string,
  notes: string[],
  objects: PlanStep['objects'] = [],
): PlanStep => step({ id: `keep:${id}`, title, kind: 'keep', before, after: before, notes, objects })

function releaseSteps(target: PlannedRelease, found: FoundRelease, profile: string): PlanStep[] {
  const { name, namespace, title } = target
  const last = found.history.at(-1)
  const isFlux = found.flux !== undefined && found.flux.state !== 'absent'
  if (!isFlux && last === undefined) return []
  const foreign = isFlux ? found.flux?.profile !== profile : isForeign(found.history, profile)
  if (foreign) return [keep(`release:${name}`, `Keep release ${name}`, 'there', ['It does not belong to this plane.'])]
  const made = last?.objects ?? []
  const objects = made.filter((object) => !isKept(object)).map((object) => placedReference(object, namespace))
  const kept = made.filter(isKept).map((object) => placedReference(object, namespace))
  const definitions = last?.customResourceDefinitions ?? []
  const before =
    last === undefined ? 'there' : [last.chart, `revision ${last.revision}`, last.status].filter(Boolean).join(', ')
  const removal = isFlux
    ? step({
        id: `release:${name}`,
        title: `Delete the HelmRelease of ${title}`,
        kind: 'flux-delete',
        release: name,
        namespace,
        before,
        after: 'gone',
        objects: [{ kind: 'HelmRelease', namespace, name }, { kind: 'OCIRepository', namespace, name }, ...objects],
        notes: ['helm-controller uninstalls the release; it must be running.'],
      })
    : step({
        id: `release:${name}`,
        title: `Uninstall ${title}`,
        kind: 'helm-uninstall',
        release: name,
        namespace,
        before,
        after: 'gone',
        objects,
      })
  return [
    removal,
    ...(kept.length > 0
      ? [
          keep(
            `objects:${name}`,
            `Keep what ${title} marks as kept`,
            'there',
            ['The chart asks for it (helm.sh/resource-policy: keep).'],
            kept,
          ),
        ]
      : []),
    ...(definitions.length > 0
      ? [
          keep(
            `definitions:${name}`,
            `Keep the custom resource definitions of ${title}`,
            'there',
            ['Removing one removes every object of its kind, of whomever it is.'],
            definitions.map((definition) => ({ kind: 'CustomResourceDefinition', name: definition })),
          ),
        ]
      : []),
  ]
}

/** Pure: what removing the plane from its cluster would do now. Reverse order; what stays is said, with the reason. */
export function planUninstall(place: PlaneInstallation, observed: Observed, at: string): Plan {
  const releases = place.targets
    .toReversed()
    .flatMap((target) => releaseSteps(target, observed.releases.get(target.name) ?? { history: [] }, place.profile))
  const secrets = place.secrets.flatMap((secret) => {
    const { namespace, name } = secret
    const presence = observed.secrets.get(secretKey(secret))?.presence ?? 'absent'
    if (presence === 'absent' || presence === 'ending') return []
    if (presence === 'others')
      return [keep(`secret:${namespace}/${name}`, `Keep Secret ${name}`, 'there', ['It was made by somebody else.'])]
    const objects = [{ kind: 'Secret', namespace, name }]
    return [
      step({
        id: `secret:${namespace}/${name}`,
        title: `Delete Secret ${name}`,
        kind: 'delete',
        namespace,
        before: 'there',
        after: 'gone',
        objects,
      }),
    ]
  })
  const claims = observed.claims
    .filter(({ owned }) => !owned)
    .map(({ namespace, name }) =>
      keep(
        `claim:${namespace}/${name}`,
        `Keep volume claim ${name}`,
        'there',
        ['It holds data, and no release owns it.'],
        [{ kind: 'PersistentVolumeClaim', namespace, name }],
      ),
    )
  const namespaces = place.namespaces.toReversed().flatMap((name) => {
    const presence = observed.namespaces.get(name) ?? 'absent'
    if (presence === 'absent') return []
    if (presence === 'others')
      return [keep(`namespace:${name}`, `Keep namespace ${name}`, 'there', ['It was there before the plane.'])]
    if (observed.claims.some((claim) => claim.namespace === name && !claim.owned)) {
      return [keep(`namespace:${name}`, `Keep namespace ${name}`, 'there', ['It holds volume claims that are kept.'])]
    }
    const notes = ['Only if nothing of others is left in it.']
    return [
      step({
        id: `namespace:${name}`,
        title: `Delete namespace ${name}`,
        kind: 'delete',
        namespace: name,
        before: 'there',
        after: 'gone',
        objects: [{ kind: 'Namespace', name }],
        notes,
      }),
    ]
  })
  const steps = [...releases, ...secrets, ...namespaces, ...claims]
  return {
    schemaVersion: 1,
    planeId: place.planeId,
    action: 'uninstall',
    createdAt: at,
    context: place.context,
    steps,
    digest: digestOf(asJson(steps)),
  }
}
