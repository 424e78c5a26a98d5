import type { JsonObject } from '../../preload/contract/words.ts'
import { linearPattern } from '../../preload/json-schema.ts'
import type { Json } from '../lib/rules/substitution.ts'
import { isObject, targetOf } from './settings-schema.ts'

/** A part of a schema that would cost too much, or that Hangar does not support. */
export interface SchemaProblem {
  readonly path: readonly (string | number)[]
  readonly found: string
  readonly expected: string
}

/** Parts, counted once for each way to reach them. The built-in profiles have less than 200. */
const partsLimit = 5_000

/** Keywords whose value is a schema, a list of schemas, or a mapping of schemas. */
const single = [
  'additionalProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'items',
  'contains',
  'unevaluatedProperties',
  'unevaluatedItems',
  'additionalItems',
]
const lists = ['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items']
const mappings = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependencies']
/** Other ways to refer to a schema, which would make its cost hard to know. */
const references = ['$anchor', '$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$recursiveAnchor']
const unused = new Set(['$defs', 'definitions'])

type Path = readonly (string | number)[]

/** What makes a settings schema unusable: a form or a check of the settings would take too long. Pure. */
export function schemaProblem(root: JsonObject): SchemaProblem | undefined {
  try {
    sizeOf(root, ['settings'], root, { open: new Set(), sizes: new Map() })
    return undefined
  } catch (error) {
    if (error instanceof Refused) return error.problem
    throw error
  }
}

class Refused extends Error {
  readonly problem: SchemaProblem

  constructor(path: Path, found: string, expected: string) {
    super(expected)
    this.problem = { path, found, expected }
  }
}

interface Visited {
  /** The parts on the way to this one. */
  readonly open: Set<JsonObject>
  readonly sizes: Map<JsonObject, number>
}

function sizeOf(schema: Json | undefined, path: Path, root: JsonObject, visited: Visited): number {
  if (!isObject(schema)) return 1
  if (visited.open.has(schema)) throw new Refused(path, 'a schema that contains itself', 'a schema that ends')
  const known = visited.sizes.get(schema)
  if (known !== undefined) return known
  visited.open.add(schema)
  checkKeywords(schema, path, schema === root)
  let size = 1
  for (const [part, at, counts] of partsOf(schema, path, root)) {
    const inner = sizeOf(part, at, root, visited)
    if (counts) size += inner
    if (size > partsLimit) {
      throw new Refused(
        path,
        `a schema with over ${partsLimit} parts`,
        `at most ${partsLimit} parts, each counted where it is referred to`,
      )
    }
  }
  visited.open.delete(schema)
  visited.sizes.set(schema, size)
  return size
}

function checkKeywords(schema: JsonObject, path: Path, isRoot: boolean): void {
  for (const keyword of isRoot ? references : [...references, '$id', 'id']) {
    if (typeof schema[keyword] === 'string' || schema[keyword] === true)
      throw new Refused([...path, keyword], `"${keyword}"`, 'references of the form "#/$defs/name" only')
  }
  if (typeof schema.pattern === 'string') checkPattern(schema.pattern, [...path, 'pattern'])
  if (isObject(schema.patternProperties)) {
    for (const pattern of Object.keys(schema.patternProperties))
      checkPattern(pattern, [...path, 'patternProperties', pattern])
  }
}

function checkPattern(pattern: string, path: Path): void {
  try {
    linearPattern(pattern)
  } catch {
    throw new Refused(
      path,
      'a pattern that is not supported',
      'a regular expression of RE2: at most 1,000 characters, without look-around and back-references',
    )
  }
}

/** `counts`: whether the part is evaluated where it stands. */
function* partsOf(
  schema: JsonObject,
  path: Path,
  root: JsonObject,
): Generator<readonly [part: Json | undefined, path: Path, counts: boolean]> {
  if (typeof schema.$ref === 'string') {
    const at = [...path, '$ref']
    const target = targetOf(schema.$ref, root)
    if (target === undefined)
      throw new Refused(at, 'a reference to nothing', 'a reference such as "#/$defs/name" to a part of this schema')
    yield [target, at, true]
  }
  for (const keyword of single) if (isObject(schema[keyword])) yield [schema[keyword], [...path, keyword], true]
  for (const keyword of lists) {
    const list = schema[keyword]
    if (Array.isArray(list)) for (const [index, part] of list.entries()) yield [part, [...path, keyword, index], true]
  }
  for (const keyword of mappings) {
    const mapping = schema[keyword]
    if (isObject(mapping)) {
      for (const [name, part] of Object.entries(mapping)) yield [part, [...path, keyword, name], !unused.has(keyword)]
    }
  }
}
