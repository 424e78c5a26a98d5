import type { JsonObject } from '../../preload/contract/words.ts'
import type { Completions } from '../profiles/Editor.tsx'

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const referencesAtMost = 20

function resolved(schema: unknown, root: JsonObject): JsonObject | undefined {
  let at = schema
  for (let count = 0; count < referencesAtMost && isObject(at); count += 1) {
    const { $ref } = at
    if (typeof $ref !== 'string' || !$ref.startsWith('#/')) return at
    at = $ref
      .slice(2)
      .split('/')
      .reduce<unknown>((node, step) => (isObject(node) ? node[step] : undefined), root)
  }
  return undefined
}

const schemaAt = (root: JsonObject, path: readonly string[]): JsonObject | undefined =>
  path.reduce<JsonObject | undefined>(
    (at, step) =>
      isObject(at?.properties) && Object.hasOwn(at.properties, step) ? resolved(at.properties[step], root) : undefined,
    resolved(root, root),
  )

/** A line of a block mapping; a list or a text of several lines has other ones. */
const keyLine = /^( *)([\w.-]+):(?: |$)/

/** What can be typed at an offset of the YAML of settings: keys that are not there yet, or the values that a schema lists. Pure. */
export function completionsAt(schema: JsonObject, text: string, offset: number): Completions | undefined {
  const before = text.slice(0, offset).split('\n')
  const line = before.at(-1) ?? ''
  const [, valueIndent, key, value] = /^( *)([\w.-]+): ([^#]*)$/.exec(line) ?? []
  if (valueIndent !== undefined && key !== undefined && value !== undefined) {
    const at = schemaAt(schema, [...parentsOf(before.slice(0, -1), valueIndent.length), key])
    return at && offered(valuesOf(at), value.trimStart(), offset)
  }
  const [, indent, start] = /^( *)([\w.-]*)$/.exec(line) ?? []
  if (indent === undefined || start === undefined) return undefined
  const at = schemaAt(schema, parentsOf(before.slice(0, -1), indent.length))
  if (!isObject(at?.properties)) return undefined
  const rest = text.slice(offset).split('\n')
  const taken = siblings(before.slice(0, -1).toReversed(), indent.length).concat(siblings(rest.slice(1), indent.length))
  const options = Object.entries(at.properties)
    .filter(([name]) => !taken.includes(name))
    .map(([name, part]) => {
      const { title, properties } = resolved(part, schema) ?? {}
      const isGroup = isObject(properties)
      return {
        label: name,
        ...(typeof title === 'string' && { detail: title }),
        apply: isGroup ? `${name}:\n${indent}  ` : `${name}: `,
      }
    })
  return offered(options, start, offset)
}

function offered(options: Completions['options'], start: string, offset: number): Completions | undefined {
  const matching = options.filter(({ label }) => label.startsWith(start))
  return matching.length === 0 ? undefined : { from: offset - start.length, options: matching }
}

function valuesOf(schema: JsonObject): Completions['options'] {
  const listed = [schema.enum ?? []].flat()
  const values = listed.length > 0 ? listed : schema.type === 'boolean' ? [true, false] : [schema.default ?? []].flat()
  return values
    .filter((value) => ['string', 'number', 'boolean'].includes(typeof value) && value !== '')
    .map((value) => ({ label: String(value) }))
}

/** The keys of the mappings that contain a line of this indentation, from the top. */
function parentsOf(lines: readonly string[], indent: number): readonly string[] {
  const path: string[] = []
  let inner = indent
  for (const line of lines.toReversed()) {
    const [, spaces = '', key] = keyLine.exec(line) ?? []
    if (key === undefined || spaces.length >= inner) continue
    path.unshift(key)
    inner = spaces.length
  }
  return path
}

/** The keys of the same mapping, going away from a line. */
function siblings(lines: readonly string[], indent: number): readonly string[] {
  const keys: string[] = []
  for (const line of lines) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const [, spaces, key] = keyLine.exec(line) ?? []
    if (line.search(/\S/) < indent) return keys
    if (key !== undefined && spaces?.length === indent) keys.push(key)
  }
  return keys
}
