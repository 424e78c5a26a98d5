import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { Plan } from '../../../preload/contract/install.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { Timestamp } from '../../../preload/contract/words.ts'
import type { Json } from '../../lib/rules/substitution.ts'
import { canonical, digestOf } from '../digest.ts'
import { asJson } from '../observe/kubernetes-object.ts'

const format = 'hangar-plan'
const formatVersion = 1
/** A plan of 400 objects has 100 kB. */
const charactersAtMost = 5_000_000
const factsAtMost = 50_000

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const Name = z.string().max(1_000)

/**
 * A plan in a file. It has digests and names, no values, and nothing of what was accepted. Nothing in it is executed: it only
 * permits the one plan that is made anew with the same digest.
 */
export const SavedPlan = z.strictObject({
  format: z.literal(format),
  formatVersion: z.literal(formatVersion),
  savedAt: Timestamp,
  action: Plan.shape.action,
  plane: z.strictObject({ id: z.uuid(), name: Name }),
  profile: z.strictObject({ name: Name, digest: Sha256 }),
  /** `uid`: of the namespace kube-system; absent if this user was not permitted to read it. */
  cluster: z.strictObject({ context: Name, uid: z.string().max(100).optional() }),
  /** Digests of the charts by the name of their release. */
  charts: z.record(Name, Sha256),
  /** The digest of the plan. */
  digest: z.string().regex(/^[0-9a-f]{32}$/),
  /** What the digest covers: a digest for each path. They only serve to name what changed. */
  facts: z
    .record(Name, z.string().regex(/^[0-9a-f]{16}$/))
    .refine((facts) => Object.keys(facts).length <= factsAtMost, `at most ${factsAtMost} facts`),
  /** HMAC-SHA-256 over the rest with the key of this installation, hexadecimal. */
  seal: Sha256,
})
export type SavedPlan = z.infer<typeof SavedPlan>

/** What a plan is made against, besides its own subject. */
export interface PlanCircumstances {
  readonly plane: SavedPlan['plane']
  readonly profile: SavedPlan['profile']
  readonly cluster: SavedPlan['cluster']
  readonly charts: Readonly<Record<string, string>>
}

const sealOf = (content: Omit<SavedPlan, 'seal'>, key: Buffer): string =>
  createHmac('sha256', key)
    .update(canonical(asJson(content)))
    .digest('hex')

/** The text of the file. Pure. Throws PLAN_FILE_INVALID for a plan that is too large to be read again. */
export function sealPlan(
  { action, createdAt, digest }: Pick<Plan, 'action' | 'createdAt' | 'digest'>,
  subject: Json,
  circumstances: PlanCircumstances,
  key: Buffer,
): string {
  const content = {
    format,
    formatVersion,
    savedAt: createdAt,
    action,
    ...circumstances,
    digest,
    facts: factsOf(subject),
  }
  const parsed = SavedPlan.omit({ seal: true }).safeParse(content)
  const text = parsed.success ? JSON.stringify({ ...parsed.data, seal: sealOf(parsed.data, key) }, undefined, 2) : ''
  if (text === '' || text.length > charactersAtMost) throw invalid('It differs in too many fields to be saved.')
  return `${text}\n`
}

/**
 * Reads a file that anyone can have written. Pure. Throws PLAN_FILE_INVALID, PLAN_FILE_VERSION, or PLAN_FILE_CHANGED unless
 * this installation wrote it as it is.
 */
export function openSeal(text: string, key: Buffer): SavedPlan {
  if (text.length > charactersAtMost) throw invalid(`It has more than ${charactersAtMost / 1_000_000} MB.`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid('It is not JSON.')
  }
  const version = z.looseObject({ format: z.literal(format), formatVersion: z.int() }).safeParse(value)
  if (version.success && version.data.formatVersion !== formatVersion)
    throw new Problem(
      'PLAN_FILE_VERSION',
      `The file has version ${version.data.formatVersion} of the format; this Hangar reads version ${formatVersion}.`,
    )
  const parsed = SavedPlan.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw invalid(`Its field "${(issue?.path ?? []).join('.').slice(0, 200)}" is missing or has another form.`)
  }
  const { seal, ...content } = parsed.data
  if (!timingSafeEqual(Buffer.from(seal, 'hex'), Buffer.from(sealOf(content, key), 'hex')))
    throw new Problem('PLAN_FILE_CHANGED', 'This Hangar did not save the file as it is now.')
  return parsed.data
}

const invalid = (why: string): Problem => new Problem('PLAN_FILE_INVALID', `This is not a saved plan. ${why}`)

/** Pure. Throws PLAN_PLANE_OTHER, PLAN_PROFILE_CHANGED or PLAN_CLUSTER_OTHER. */
export function refuseOtherCircumstances(
  saved: SavedPlan,
  { plane, profile, cluster }: Omit<PlanCircumstances, 'charts'>,
): void {
  if (saved.plane.id !== plane.id) throw otherPlane(saved, `not for "${plane.name}"`)
  if (saved.profile.digest !== profile.digest)
    throw new Problem(
      'PLAN_PROFILE_CHANGED',
      `The profile "${profile.name}" has changed since the plan was saved.`,
      `saved with SHA-256 ${saved.profile.digest}\nnow SHA-256 ${profile.digest}`,
    )
  if (saved.cluster.uid !== cluster.uid)
    throw new Problem(
      'PLAN_CLUSTER_OTHER',
      `The context "${cluster.context}" does not reach the cluster that the plan was saved for.`,
      `uid of kube-system: ${saved.cluster.uid ?? 'not readable'} when it was saved, ${cluster.uid ?? 'not readable'} now`,
    )
}

/** `which` completes "The plan was saved for …,". */
export const otherPlane = ({ plane }: Pick<SavedPlan, 'plane'>, which: string): Problem =>
  new Problem('PLAN_PLANE_OTHER', `The plan was saved for the plane "${plane.name}", ${which}.`, plane.id)

const pathsInMessage = 5

/** Pure. Throws PLAN_CHART_CHANGED, or PLAN_STALE with the paths of what changed and never with values. */
export function refuseChangedPlan(
  saved: SavedPlan,
  digest: string,
  subject: Json,
  charts: PlanCircumstances['charts'],
): void {
  const changedCharts = Object.keys(charts).filter((release) => saved.charts[release] !== charts[release])
  if (changedCharts.length > 0)
    throw new Problem(
      'PLAN_CHART_CHANGED',
      `The chart of ${changedCharts.join(', ')} has changed since the plan was saved.`,
      changedCharts
        .map((release) => `${release}: saved ${saved.charts[release] ?? 'none'}, now ${charts[release]}`)
        .join('\n'),
    )
  if (saved.digest === digest) return
  const paths = changedPaths(saved.facts, factsOf(subject))
  const more = paths.length > pathsInMessage ? `; and ${paths.length - pathsInMessage} more` : ''
  throw new Problem(
    'PLAN_STALE',
    `Since the plan was saved, this has changed: ${paths.slice(0, pathsInMessage).join('; ')}${more}.`,
    paths.join('\n'),
  )
}

/** Pure: a digest for each part of the subject, by its path, such as `steps[release:agent].changes[ConfigMap demo/words].fields[data.greeting]`. */
export function factsOf(subject: Json): Record<string, string> {
  const facts = new Map<string, string>()
  const add = (path: string, value: Json): void => {
    if (Array.isArray(value)) addAll(path, value)
    else if (typeof value === 'object' && value !== null && hasParts(value)) {
      for (const [name, part] of Object.entries(value)) add(path === '' ? name : `${path}.${name}`, part)
    } else facts.set(path, digestOf(value).slice(0, 16))
  }
  const addAll = (path: string, elements: readonly Json[]): void => {
    const seen = new Map<string, number>()
    elements.forEach((element, index) => {
      const key = keyOf(element) ?? String(index)
      const count = seen.get(key) ?? 0
      seen.set(key, count + 1)
      add(`${path}[${key}${count === 0 ? '' : `#${count}`}]`, element)
    })
  }
  add('', subject)
  return Object.fromEntries(facts)
}

/** A reference to an object, and a field with its values, are one fact. */
const hasParts = (value: { readonly [name: string]: Json }): boolean =>
  typeof value.path !== 'string' && Object.values(value).some((part) => typeof part === 'object' && part !== null)

/** What names an element of a list: an id, the path of a field, or an object of the cluster. */
function keyOf(element: Json): string | undefined {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return undefined
  const { id, path, object, kind, namespace, name } = element
  if (typeof id === 'string') return id
  if (typeof path === 'string') return path
  if (object !== undefined) return keyOf(object)
  if (typeof name !== 'string') return undefined
  const place = typeof namespace === 'string' ? `${namespace}/${name}` : name
  return typeof kind === 'string' ? `${kind} ${place}` : place
}

/** Pure: the paths that differ. A part that is new or gone as a whole is one path. */
export function changedPaths(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  const isKnownIn = (facts: Readonly<Record<string, string>>) => new Set(Object.keys(facts).flatMap(prefixesOf))
  const [known, current] = [isKnownIn(before), isKnownIn(after)]
  const changed = Object.keys(after).filter((path) => path in before && before[path] !== after[path])
  const added = Object.keys(after).filter((path) => !(path in before))
  const gone = Object.keys(before).filter((path) => !(path in after))
  const outermost = (path: string, others: ReadonlySet<string>) =>
    prefixesOf(path).find((each) => !others.has(each)) ?? path
  return [
    ...new Set([
      ...changed,
      ...added.map((path) => `${outermost(path, known)} (new)`),
      ...gone.map((path) => `${outermost(path, current)} (gone)`),
    ]),
  ].toSorted()
}

/** The elements that a path leads through, and the path: of `a[b].c[d].e` these are `a[b]`, `a[b].c[d]` and itself. */
function prefixesOf(path: string): string[] {
  const ends = [...path.matchAll(/\](?=\.|$)/g)].map(({ index }) => index + 1)
  return [...new Set([...ends, path.length])].map((end) => path.slice(0, end))
}
