import { isDeepStrictEqual } from 'node:util'
import type { Json } from '../../lib/rules/substitution.ts'
import { canonical } from '../digest.ts'
import { helmManager } from './dry-runs.ts'
import { at, type KubernetesObject, listAt, textAt } from './kubernetes-object.ts'

/** Who set a field, from `managedFields`. */
interface FieldOwner {
  readonly manager: string
  /** Such as `scale` for autoscalers and `kubectl scale`. */
  readonly subresource?: string
}

/** A field of helm's that an apply would change. */
export interface FieldDifference {
  /** `spec.template.spec.containers[name=web].image` */
  readonly path: string
  readonly names: readonly string[]
  /** Undefined: the object does not have the field. */
  readonly before: unknown
  readonly after: unknown
  /** The present owners other than helm: helm can change the field only by taking it over. */
  readonly owners: readonly FieldOwner[]
}

/** An entry of `managedFields`; `node` is its part for the place that is compared. */
interface Managed extends FieldOwner {
  readonly isHelm: boolean
  readonly node: unknown
}

/** Their values are no part of what a chart desires. */
const leftOut = new Set(['apiVersion', 'kind', 'metadata', 'status'])
const comparedMetadata = ['labels', 'annotations'] as const

/**
 * Pure: the fields that differ between an object of the cluster and what the API server makes of it when helm applies its
 * manifest by a dry run, as Flux detects drift (fluxcd/pkg, ssa/jsondiff). Of those only what helm owns, before or after: defaults,
 * the work of controllers and of webhooks are left out. The structure of lists is read from `managedFields`.
 */
export function differencesOf(live: KubernetesObject, applied: KubernetesObject): FieldDifference[] {
  const managed = [...managedOf(live), ...managedOf(applied).filter(({ isHelm }) => isHelm)]
  const names = [...new Set([...Object.keys(live), ...Object.keys(applied)])].filter((name) => !leftOut.has(name))
  const within = (name: string, from: readonly Managed[]) => from.map((each) => childOf(each, `f:${name}`))
  const metadata = within('metadata', managed)
  return [
    ...comparedMetadata.flatMap((name) =>
      compare(
        [name],
        at(live, 'metadata', name),
        at(applied, 'metadata', name),
        within(name, metadata),
        `metadata.${name}`,
      ),
    ),
    ...names.flatMap((name) => compare([name], live[name], applied[name], within(name, managed), name)),
  ]
}

/** Helm's own changes by other operations than apply are those of admission webhooks. */
function managedOf(object: KubernetesObject): Managed[] {
  const isSecret = object.kind === 'Secret'
  return listAt(object, 'metadata', 'managedFields').map((entry) => {
    const manager = textAt(entry, 'manager') ?? ''
    const fields = at(entry, 'fieldsV1')
    return {
      manager,
      subresource: textAt(entry, 'subresource'),
      isHelm: manager === helmManager && textAt(entry, 'operation') === 'Apply',
      node: isSecret ? withStringData(fields) : fields,
    }
  })
}

/** The API server moves `stringData` to `data`, but not its owner. */
const withStringData = (fields: unknown): unknown => {
  const written = at(fields, 'f:stringData')
  return written === undefined
    ? fields
    : { ...Object(fields), 'f:data': { ...Object(at(fields, 'f:data')), ...Object(written) } }
}

const childOf = (managed: Managed, key: string): Managed => ({ ...managed, node: at(managed.node, key) })

type Fields = Readonly<Record<string, unknown>>
const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

function compare(
  names: readonly string[],
  before: unknown,
  after: unknown,
  managed: readonly Managed[],
  path: string,
): FieldDifference[] {
  const byHelm = managed.filter(({ isHelm, node }) => isHelm && node !== undefined)
  if (byHelm.length === 0 || isDeepStrictEqual(before, after)) return []
  // An atomic field has no fields below it, whatever its value.
  const isWhole = byHelm.some(({ node }) => Object.keys(Object(node)).length === 0)
  if (!isWhole && isMap(before) && isMap(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
      compare(
        [...names, name],
        before[name],
        after[name],
        managed.map((each) => childOf(each, `f:${name}`)),
        fieldPath(path, name),
      ),
    )
  }
  const items = isWhole ? [] : itemsIn(byHelm)
  if (items.length > 0 && Array.isArray(before) && Array.isArray(after)) {
    const [itemBefore, itemAfter] = [finderIn(before), finderIn(after)]
    return items.flatMap((item) =>
      compare(
        [...names, item.name],
        itemBefore(item),
        itemAfter(item),
        managed.map((each) => childOf(each, item.key)),
        `${path}[${item.name}]`,
      ),
    )
  }
  const owners = managed
    .filter(({ isHelm, manager, node }) => !isHelm && manager !== helmManager && node !== undefined)
    .map(({ manager, subresource }) => (subresource === undefined ? { manager } : { manager, subresource }))
  return [{ path, names, before, after, owners }]
}

/** An item of a list. */
interface Item {
  /** In `managedFields`: `k:` of maps with key fields, `v:` of a set. */
  readonly key: string
  readonly name: string
  /** The key fields; empty: the item itself. */
  readonly fields: readonly string[]
  readonly values: string
}

/** The items of a list that somebody manages; what is no key is left out. */
function itemsIn(managed: readonly Managed[]): Item[] {
  const keys = new Set(managed.flatMap(({ node }) => Object.keys(Object(node)).filter((key) => /^[kv]:/.test(key))))
  return [...keys].flatMap((key) => itemOf(key) ?? [])
}

function itemOf(key: string): Item | undefined {
  try {
    const value: unknown = JSON.parse(key.slice(2))
    if (key.startsWith('v:')) return { key, name: JSON.stringify(value), fields: [], values: textOf(value) }
    const fields = Object.entries(Object(value))
    return {
      key,
      name: fields.map(([name, field]) => `${name}=${field}`).join(','),
      fields: fields.map(([name]) => name),
      values: textOf(fields.map(([, field]) => field)),
    }
  } catch {
    return undefined
  }
}

const textOf = (value: unknown): string => canonical(value as Json) // read from JSON

/** Finds items by an index for each set of key fields: a list can have as many items as its object has room for. */
function finderIn(list: readonly unknown[]): (item: Item) => unknown {
  const indexes = new Map<string, ReadonlyMap<string, unknown>>()
  return ({ fields, values }) => {
    const name = JSON.stringify(fields)
    const index = indexes.get(name) ?? indexOf(list, fields)
    indexes.set(name, index)
    return index.get(values)
  }
}

function indexOf(list: readonly unknown[], fields: readonly string[]): ReadonlyMap<string, unknown> {
  const valuesOf = (item: unknown) => textOf(fields.length === 0 ? item : fields.map((name) => at(item, name) ?? null))
  // The first of equal ones.
  return new Map(list.toReversed().map((item) => [valuesOf(item), item]))
}

const plainName = /^[\w-]+$/
const fieldPath = (path: string, name: string): string =>
  plainName.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`

/**
 * Pure: whether an object of the cluster has each field of a manifest with its value. False also for values that are written in
 * another form, such as quantities: only a dry run shows whether those are equal.
 */
export function includes(live: unknown, manifest: unknown): boolean {
  if (manifest === undefined || manifest === null) return live === undefined || live === null
  if (Array.isArray(manifest)) {
    if (live === undefined) return manifest.length === 0
    return (
      Array.isArray(live) &&
      live.length === manifest.length &&
      manifest.every((item, index) => includes(live[index], item))
    )
  }
  if (isMap(manifest)) {
    if (live !== undefined && !isMap(live)) return false
    return Object.entries(manifest).every(([name, value]) => includes(live?.[name], value))
  }
  return live === manifest
}
