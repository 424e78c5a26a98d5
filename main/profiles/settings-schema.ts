import type { JsonObject } from '../../preload/contract/words.ts'
import { schemaErrors } from '../../preload/json-schema.ts'
import type { Json } from '../lib/rules/substitution.ts'

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The schema of the setting `a.b.c`; undefined if there is none. A mapping without listed properties accepts any. */
export function schemaAt(root: JsonObject, path: string): JsonObject | undefined {
  let at: JsonObject | undefined = followReference(root, root)
  for (const step of path.split('.')) {
    if (at === undefined) return undefined
    const { properties, additionalProperties }: JsonObject = at
    if (isObject(properties) && Object.hasOwn(properties, step)) at = followReference(properties[step], root)
    else if (isObject(additionalProperties)) at = followReference(additionalProperties, root)
    else if (isObject(properties) || additionalProperties === false) return undefined
    else at = {}
  }
  return at
}

const referenceDepth = 20
function followReference(schema: Json | undefined, root: JsonObject): JsonObject | undefined {
  let at: Json | undefined = schema
  for (let depth = 0; depth < referenceDepth && isObject(at); depth += 1) {
    if (typeof at.$ref !== 'string' || !at.$ref.startsWith('#/')) return at
    at = targetOf(at.$ref, root)
  }
  return undefined
}

/** What a reference such as `#/$defs/name` names; undefined for nothing and for other forms. */
export function targetOf(reference: string, root: JsonObject): Json | undefined {
  // The validator decodes these, so that it might find another target.
  if (!/^#(\/|$)/.test(reference) || reference.includes('%')) return undefined
  return reference
    .split('/')
    .slice(1)
    .reduce<Json | undefined>((node, step) => childOf(node, step.replaceAll('~1', '/').replaceAll('~0', '~')), root)
}

function childOf(node: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(node)) return node[Number(key)]
  return isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined
}

/** The settings, completed with the schema's defaults. */
export function withDefaults(schema: JsonObject, settings: JsonObject): JsonObject {
  return fill(schema, settings, schema, 0)
}

const nestingLimit = 16
function fill(schema: JsonObject, given: JsonObject, root: JsonObject, depth: number): JsonObject {
  const { properties } = schema
  if (!isObject(properties) || depth > nestingLimit) return given
  const filled: JsonObject = { ...given }
  for (const [name, part] of Object.entries(properties)) {
    const child = followReference(part, root)
    if (child === undefined) continue
    const value = filled[name] ?? child.default
    if (isObject(value)) filled[name] = fill(child, value, root, depth + 1)
    else if (value !== undefined) filled[name] = value
    else if (isObject(child.properties)) {
      const inner = fill(child, {}, root, depth + 1)
      if (Object.keys(inner).length > 0) filled[name] = inner
    }
  }
  return filled
}

/** An invalid setting, as a sentence for the user. */
export interface SettingFault {
  /** Such as `keyVault.port`; empty: the settings as a whole. */
  readonly setting: string
  readonly sentence: string
}

/** Keywords whose errors only report that a nested value is invalid. */
const wrappers = new Set([
  '$ref',
  'additionalProperties',
  'allOf',
  'items',
  'patternProperties',
  'prefixItems',
  'properties',
])

const faultLimit = 100

/** The first faults of the settings; empty if they are valid. Values are not repeated, because they may be secrets by mistake. */
export function settingFaults(schema: JsonObject, settings: JsonObject): SettingFault[] {
  const leafErrors = errorsOf(schema, settings)
    .filter(({ keyword }) => !wrappers.has(keyword))
    .slice(0, faultLimit)
  const faults = leafErrors.map(({ instanceLocation, keyword, error }) => {
    const missing = keyword === 'required' ? /"([^"]+)"/.exec(error)?.[1] : undefined
    const steps = [...pointerSteps(instanceLocation), ...(missing === undefined ? [] : [missing])]
    const setting = steps.join('.')
    return {
      setting,
      sentence: `The setting ${nameOf(schema, steps)} ${requirement(keyword, schemaAt(schema, setting) ?? {})}.`,
    }
  })
  const distinct = Map.groupBy(faults, ({ sentence }) => sentence)
  return [...distinct.values()].flatMap(([first]) => first ?? [])
}

/** The validator takes a schema as it is: a keyword of another type than the specification demands makes it throw. */
function errorsOf(schema: JsonObject, settings: JsonObject): ReturnType<typeof schemaErrors> {
  try {
    return schemaErrors(schema, settings)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return [{ keyword: 'schema', keywordLocation: '#', instanceLocation: '#', error: error.message }]
  }
}

const pointerSteps = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))

/** `"Key vault, Port" (keyVault.port)`, from the titles where the schema has them. */
function nameOf(schema: JsonObject, steps: readonly string[]): string {
  if (steps.length === 0) return 'file'
  const titles = steps.map((step, index) => schemaAt(schema, steps.slice(0, index + 1).join('.'))?.title ?? step)
  return `"${titles.join(', ')}" (${steps.join('.')})`
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a mapping',
  array: 'a list',
}

function requirement(keyword: string, schema: JsonObject): string {
  const requirements: Readonly<Record<string, () => string>> = {
    required: () => 'is missing',
    false: () => 'is unknown to this profile',
    type: () =>
      `must be ${[schema.type]
        .flat()
        .map((type) => kinds[String(type)] ?? String(type))
        .join(' or ')}`,
    enum: () =>
      `must be one of ${[schema.enum]
        .flat()
        .map((value) => JSON.stringify(value))
        .join(', ')}`,
    const: () => `must be ${JSON.stringify(schema.const)}`,
    minLength: () =>
      schema.minLength === 1 ? 'must not be empty' : `must have at least ${schema.minLength} characters`,
    maxLength: () => `must have at most ${schema.maxLength} characters`,
    minimum: () => `must be at least ${schema.minimum}`,
    maximum: () => `must be at most ${schema.maximum}`,
    pattern: () => `must match ${schema.pattern}`,
    format: () => `must be a valid ${schema.format}`,
    schema: () => 'cannot be checked: the profile has an invalid JSON Schema for its settings',
  }
  return requirements[keyword]?.() ?? `is invalid (${keyword})`
}

/** What the schema of a profile's settings should be; undefined if it is valid. */
export function schemaFault(schema: JsonObject): string | undefined {
  if (schema.type !== 'object') return 'a JSON Schema with "type: object"'
  if (schema.properties !== undefined && !isObject(schema.properties)) return '"properties" as a mapping'
  try {
    schemaErrors(schema, withDefaults(schema, {}))
    return undefined
  } catch {
    return 'a JSON Schema (2020-12) whose references can be resolved'
  }
}
