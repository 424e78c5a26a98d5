import { at, type KubernetesObject, listAt, nameOf, textAt } from '../../observe/kubernetes-object.ts'
import type { PlacedObject } from '../../observe/live-objects.ts'
import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'
import type { ChartDefinition } from '../facts/charts.ts'

const versionsOf = (definition: KubernetesObject): readonly unknown[] => listAt(definition, 'spec', 'versions')
const nameOfVersion = (version: unknown): string => textAt(version, 'name') ?? ''
const schemaOf = (version: unknown): unknown => at(version, 'schema', 'openAPIV3Schema')

const deepest = 30

/** Fields that a value has and its schema does not declare, as paths such as `spec.proxy`. */
export function undeclaredFields(value: unknown, schema: unknown, path = '', depth = 0): string[] {
  if (depth > deepest || typeof value !== 'object' || value === null) return []
  if (at(schema, 'x-kubernetes-preserve-unknown-fields') === true || schema === undefined) return []
  if (Array.isArray(value)) {
    const found = value.flatMap((item) => undeclaredFields(item, at(schema, 'items'), `${path}[]`, depth + 1))
    return [...new Set(found)]
  }
  const properties = at(schema, 'properties')
  const additional = at(schema, 'additionalProperties')
  if (properties === undefined && additional !== undefined) {
    if (typeof additional === 'boolean') return []
    return Object.entries(value).flatMap(([key, item]) =>
      undeclaredFields(item, additional, `${path}.${key}`, depth + 1),
    )
  }
  return Object.entries(value).flatMap(([key, item]) => {
    const here = path === '' ? key : `${path}.${key}`
    // Every object has these, whatever its schema declares.
    if (path === '' && /^(apiVersion|kind|metadata)$/.test(key)) return []
    const declared = at(properties, key)
    return declared === undefined ? [here] : undeclaredFields(item, declared, here, depth + 1)
  })
}

/** Property paths of a schema, for a comparison of two. */
function declaredPaths(schema: unknown, path = '', depth = 0): string[] {
  if (depth > deepest) return []
  const items = at(schema, 'items')
  if (items !== undefined) return declaredPaths(items, `${path}[]`, depth + 1)
  return Object.entries(Object(at(schema, 'properties'))).flatMap(([key, child]) => {
    const here = path === '' ? key : `${path}.${key}`
    return [here, ...declaredPaths(child, here, depth + 1)]
  })
}

interface Difference {
  readonly verdict: 'fail' | 'warn'
  readonly line: string
}

function compareOne(
  { release, definition }: ChartDefinition,
  live: KubernetesObject,
  objects: readonly PlacedObject[],
): Difference[] {
  const name = nameOf(definition)
  const group = textAt(definition, 'spec', 'group')
  const kind = textAt(definition, 'spec', 'names', 'kind')
  return versionsOf(definition).flatMap((version): Difference[] => {
    const versionName = nameOfVersion(version)
    const own = objects.filter(({ object }) => object.kind === kind && object.apiVersion === `${group}/${versionName}`)
    const existing = versionsOf(live).find((each) => nameOfVersion(each) === versionName)
    if (existing === undefined || at(existing, 'served') !== true) {
      const line = `${name} (${release}): the cluster does not serve ${versionName}`
      return at(version, 'served') === true ? [{ verdict: own.length > 0 ? 'fail' : 'warn', line }] : []
    }
    const undeclared = own.flatMap(({ object }) =>
      undeclaredFields(object, schemaOf(existing)).map((field) => `${nameOf(object)} sets ${field}`),
    )
    if (undeclared.length > 0)
      return [
        { verdict: 'fail', line: `${name} (${release}), ${versionName}: field not declared: ${summary(undeclared)}` },
      ]
    const known = new Set(declaredPaths(schemaOf(existing)))
    const added = declaredPaths(schemaOf(version)).filter((path) => !known.has(path))
    return added.length > 0
      ? [
          {
            verdict: 'warn',
            line: `${name} (${release}), ${versionName}: the cluster’s definition lacks ${summary(added)}`,
          },
        ]
      : []
  })
}

/** A definition in templates/ that would drop a version in which objects are stored; the API server refuses it. */
function droppedVersions(definition: KubernetesObject, live: KubernetesObject): Difference[] {
  const names = new Set(versionsOf(definition).map(nameOfVersion))
  const dropped = listAt(live, 'status', 'storedVersions')
    .map(String)
    .filter((version) => !names.has(version))
  return dropped.map((version) => ({
    verdict: 'fail',
    line: `${nameOf(definition)}: the chart drops ${version}, in which objects are stored`,
  }))
}

/** Pure. `fromTemplates`: definitions that helm does change. `live`: by name. */
export function compareDefinitions(
  inFolders: readonly ChartDefinition[],
  fromTemplates: readonly KubernetesObject[],
  live: ReadonlyMap<string, KubernetesObject>,
  objects: readonly PlacedObject[],
): CheckOutcome {
  if (inFolders.length + fromTemplates.length === 0) return skipped('The charts contain no definitions.')
  const differences = [
    ...inFolders.flatMap((each) => {
      const existing = live.get(nameOf(each.definition))
      return existing === undefined ? [] : compareOne(each, existing, objects)
    }),
    ...fromTemplates.flatMap((definition) => {
      const existing = live.get(nameOf(definition))
      return existing === undefined ? [] : droppedVersions(definition, existing)
    }),
  ]
  if (differences.length === 0) {
    const existing = [...inFolders.map(({ definition }) => definition), ...fromTemplates].filter((each) =>
      live.has(nameOf(each)),
    )
    return pass(
      existing.length === 0
        ? 'The install creates all definitions.'
        : `${existing.length} existing definitions suit the charts.`,
    )
  }
  const failed = differences.filter(({ verdict }) => verdict === 'fail')
  return {
    verdict: failed.length > 0 ? 'fail' : 'warn',
    message: `Definitions in the cluster are older than the charts: ${summary(
      (failed.length > 0 ? failed : differences).map(({ line }) => line),
      2,
    )}.`,
    hint: 'Helm never changes a definition of crds/. Its owner updates it first, for all users of the cluster: kubectl apply --server-side -f the files in crds/ of the chart.',
    evidence: differences.map(({ line }) => line).join('\n'),
  }
}

export const crdVersions = defineCheck({
  id: 'crd.versions',
  title: 'Versions of definitions',
  category: 'ownership',
  severity: 'strict',
  needs: ['chartDefinitions', 'liveDefinitions', 'placed'],
  about:
    'Compares the definitions in `crds/` of the charts with those in the cluster: served versions, and fields that the rendered objects set (`field not declared in schema`). Helm creates such a definition once and never changes it. A definition in `templates/` must keep the versions in which objects are stored.',
  remedy:
    'The owner of the definition applies the new one: `kubectl apply --server-side -f crds/`. It applies to the whole cluster, so other users of the kind must be compatible. A version that objects are stored in is migrated first (`storageVersionMigration`), then removed from `status.storedVersions`.',
  decide({ chartDefinitions, liveDefinitions, placed }) {
    const names = new Set(chartDefinitions.map(({ definition }) => nameOf(definition)))
    const templates = placed
      .map(({ object }) => object)
      .filter((object) => object.kind === 'CustomResourceDefinition' && !names.has(nameOf(object)))
    return compareDefinitions(chartDefinitions, templates, liveDefinitions, placed)
  },
})
