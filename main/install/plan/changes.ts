import type { FieldChange, ObjectChange } from '../../../preload/contract/install.ts'
import type { ObjectReference } from '../../../preload/contract/words.ts'
import { isSecretName } from '../../lib/rules/secret-name.ts'
import type { Json } from '../../lib/rules/substitution.ts'
import { differencesOf, type FieldDifference } from '../observe/differences.ts'
import type { DryRun } from '../observe/dry-runs.ts'
import { at, type KubernetesObject } from '../observe/kubernetes-object.ts'
import type { LiveObject } from '../observe/live-objects.ts'
import { referenceIn, releaseObject } from '../observe/manifest.ts'
import { possibleSecrets, redactTexts } from '../redact-values.ts'

/** An object of a release beside the cluster's, and what the API server makes of it. */
export interface ComparedObject extends LiveObject {
  /** Absent if the object in the cluster has every field of the manifest, or does not exist. */
  readonly run?: DryRun
}

/** The objects of a release, compared with the cluster. */
export interface ReleaseComparison {
  readonly objects: readonly ComparedObject[]
  /** `KIND NAMESPACE/NAME` of the workloads whose replicas an autoscaler sets. */
  readonly autoscaled: ReadonlySet<string>
}

export const workloadKey = (kind: string, namespace: string, name: string): string => `${kind} ${namespace}/${name}`

/** What helm would do to an object, and on what it would fail. */
export interface ObjectFinding {
  readonly change: ObjectChange
  /** Fields of other managers that helm would have to take over, with those that a controller keeps setting. */
  readonly conflicts: readonly FieldChange[]
  readonly setByController: boolean
  /** The answer of the API server to a change that it refuses. */
  readonly message: string
}

/** The difference of an object, or why it is unknown; neither if the cluster has what helm would apply. */
export interface ComparisonResult {
  readonly finding?: ObjectFinding
  readonly unknown?: string
}

/** Programs by which people change objects, by the names that they give themselves. */
const byHand = /^(kubectl|oc$|k9s|lens|freelens|openlens|headlamp|rancher|dashboard|Mozilla|node-fetch)/i

/**
 * Controllers set a few fields that charts set too: an autoscaler the replicas, an injector the certificates of webhooks. Both are
 * no drift. https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
 */
function isSetByController({ names, owners }: FieldDifference, isAutoscaled: boolean): boolean {
  const byController = owners.filter(({ manager }) => !byHand.test(manager))
  if (byController.some(({ manager }) => manager === 'kube-controller-manager')) return true
  const field = names.at(-1)
  if (field === 'replicas') return isAutoscaled || byController.some(({ subresource }) => subresource === 'scale')
  return field === 'caBundle' && byController.length > 0
}

const fieldsAtMost = 100
const charactersAtMost = 2_000
/** A key in the data of a custom resource can have any length. */
const pathCharactersAtMost = 500
const managersAtMost = 20

/** Pure. `secrets`: texts that are not shown. */
export function compareObject(
  compared: ComparedObject,
  autoscaled: ReadonlySet<string>,
  secrets: readonly string[],
): ComparisonResult {
  const { live, object, releaseNamespace, namespace, run } = compared
  const reference = referenceIn(object, releaseNamespace)
  const finding = (change: ObjectChange['change'], message = ''): ComparisonResult => ({
    finding: {
      change: { object: reference, change, fields: [], moreFields: 0 },
      conflicts: [],
      setByController: false,
      message,
    },
  })
  if (live === 'unreadable') return { unknown: `${describeObject(reference)}: this user is not permitted to read it` }
  if (live === 'absent' || live.metadata?.deletionTimestamp !== undefined)
    return releaseObject(object, releaseNamespace).isTransient ? {} : finding('create')
  if (run === undefined) return {}
  const message = redactTexts(run.message.replaceAll(/\s+/g, ' '), secrets)
  if (run.outcome === 'immutable') return finding('recreate', message)
  if (run.applied === undefined) return { unknown: `${describeObject(reference)}: ${message}` }
  const key = workloadKey(object.kind ?? '', namespace, reference.name)
  const differences = differencesOf(live, run.applied).map((difference) => ({
    difference,
    setByController: isSetByController(difference, autoscaled.has(key)),
    shown: shownField(difference, object, secrets),
  }))
  const fields = differences.filter(({ setByController }) => !setByController).map(({ shown }) => shown)
  const conflicts = differences.filter(({ shown }) => shown.managers.length > 0)
  if (fields.length === 0 && conflicts.length === 0) return {}
  return {
    finding: {
      change: {
        object: reference,
        change: 'change',
        fields: fields.slice(0, fieldsAtMost),
        moreFields: Math.max(0, fields.length - fieldsAtMost),
      },
      conflicts: conflicts.map(({ shown }) => shown),
      setByController: conflicts.some(({ setByController }) => setByController),
      message: '',
    },
  }
}

/** `Deployment demo/web` */
export const describeObject = ({ kind, namespace, name }: ObjectReference): string =>
  `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`

function shownField(
  { path, names, before, after, owners }: FieldDifference,
  object: KubernetesObject,
  secrets: readonly string[],
): FieldChange {
  const texts = [before, after].map((value) =>
    value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value),
  )
  // A field that has a secret now can have had one before, which is not known any more.
  const hasSecret = texts.some((text) => text !== null && redactTexts(text, secrets) !== text)
  const hidden = hasSecret || isNamedSecret(object, names, [before, after])
  const [shownBefore = null, shownAfter = null] = hidden ? [] : shortened(texts)
  const managers = owners.map(({ manager, subresource }) =>
    subresource === undefined ? manager : `${manager} (${subresource})`,
  )
  return {
    path: path.length > pathCharactersAtMost ? `${path.slice(0, pathCharactersAtMost)}…` : path,
    before: shownBefore,
    after: shownAfter,
    hidden,
    managers: [...new Set(managers)].slice(0, managersAtMost),
  }
}

/** Long texts begin some characters before their first difference. */
function shortened(texts: readonly (string | null)[]): (string | null)[] {
  const [before = null, after = null] = texts
  let same = 0
  while (before !== null && after !== null && same < before.length && before[same] === after[same]) same += 1
  const isLong = texts.some((text) => text !== null && text.length > charactersAtMost)
  const start = isLong ? Math.max(0, (before ?? '').lastIndexOf('\n', Math.max(0, same - contextCharacters))) : 0
  return texts.map((text) => {
    if (text === null) return null
    const rest = text.slice(start)
    const shown = rest.length > charactersAtMost ? `${rest.slice(0, charactersAtMost)}…` : rest
    return start === 0 ? shown : `…${shown}`
  })
}
const contextCharacters = 200

/** The data of a Secret, and values below a name such as `password`, also of an environment variable. */
function isNamedSecret(object: KubernetesObject, names: readonly string[], values: readonly unknown[]): boolean {
  if (object.kind === 'Secret' && ['data', 'stringData'].includes(names[0] ?? '')) return true
  const variable = names[names.indexOf('env') + 1]?.replace(/^name=/, '') ?? ''
  return isSecretName(names.at(-1) ?? '') || (names.includes('env') && isSecretName(variable)) || values.some(hasNamed)
}

const hasNamed = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (isSecretName(String(at(value, 'name') ?? '')) ||
    Object.entries(value).some(([name, inner]) => isSecretName(name) || hasNamed(inner)))

/** The texts of a plane's own values that may be secret: those of the profile are public. */
export const secretsIn = (overrides: Json | undefined): string[] => (overrides ? possibleSecrets(overrides) : [])
