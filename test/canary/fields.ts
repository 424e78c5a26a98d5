import { type AnyContractRouter, getEventIteratorSchemaDetails, isContractProcedure } from '@orpc/contract'
import { z } from 'zod'

/** A part of a zod 4 schema. `def` differs by type, and is read by its shape. */
type Part = z.core.$ZodType

/**
 * Every field of the contract's outputs that can contain any text: `procedure > path: kind`, sorted.
 * Literals, numbers, times and booleans cannot. `key` is a name in a record that is not known in advance.
 */
export function textFields(contract: AnyContractRouter): string[] {
  return [...new Set(walkContract(contract, ''))].sort()
}

/** Names of all procedures, as `feature.procedure`. */
export function procedureNames(contract: AnyContractRouter, path = ''): string[] {
  if (isContractProcedure(contract)) return [path]
  return Object.entries(contract).flatMap(([name, inner]) =>
    procedureNames(inner, path === '' ? name : `${path}.${name}`),
  )
}

function walkContract(contract: AnyContractRouter, path: string): string[] {
  if (!isContractProcedure(contract)) {
    return Object.entries(contract).flatMap(([name, inner]) =>
      walkContract(inner, path === '' ? name : `${path}.${name}`),
    )
  }
  const { outputSchema, errorMap } = contract['~orpc']
  const streamed = getEventIteratorSchemaDetails(outputSchema)
  const given = [outputSchema === undefined || streamed ? undefined : outputSchema, streamed?.yields, streamed?.returns]
  const outputs = given.flatMap((schema) => (schema === undefined ? [] : walk(partOf(schema), `${path} > `)))
  // All procedures have the same errors: they are listed once.
  const errors = Object.values(errorMap).flatMap((error) => {
    const data: unknown = Reflect.get(Object(error), 'data')
    return data === undefined ? [] : walk(partOf(data), 'any error > ')
  })
  return [...outputs, ...errors]
}

function partOf(schema: unknown): Part {
  if (schema instanceof z.core.$ZodType) return schema
  throw new Error('A schema of the contract is not a zod schema, so that its text fields are unknown.')
}

/** Types that cannot contain free text. */
const harmless: ReadonlySet<string> = new Set([
  'number',
  'int',
  'boolean',
  'null',
  'undefined',
  'literal',
  'enum',
  'date',
  'void',
  'never',
])
/** Formats of text that leave no room for a secret. */
const formats: ReadonlySet<string> = new Set(['datetime', 'uuid'])

function walk(schema: Part, path: string, above: readonly Part[] = []): string[] {
  // A recursive schema: its fields are in the list already.
  if (above.includes(schema)) return []
  const { def } = schema._zod
  const inner = (part: unknown, at = path): string[] => walk(partOf(part), at, [...above, schema])
  const field = (name: string): unknown => Reflect.get(def, name)
  if (harmless.has(def.type)) return []
  switch (def.type) {
    case 'string':
      return formats.has(String(field('format'))) ? [] : [`${path}: text`]
    case 'object':
      return Object.entries(Object(field('shape')))
        .flatMap(([name, part]) => inner(part, path.endsWith(' ') ? `${path}${name}` : `${path}.${name}`))
        .concat(field('catchall') instanceof z.core.$ZodNever ? [] : [`${path}: fields that are not known`])
    case 'array':
      return inner(field('element'), `${path}[]`)
    case 'tuple':
      return [field('items')].flat().flatMap((part, index) => inner(part, `${path}[${index}]`))
    case 'record':
      return [...inner(field('keyType'), `${path}.key`), ...inner(field('valueType'), `${path}.*`)]
    case 'union':
      return [field('options')].flat().flatMap((part) => inner(part))
    case 'lazy': {
      const made = Reflect.get(schema._zod, 'innerType')
      return inner(made)
    }
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
      return inner(field('innerType'))
    default:
      return [`${path}: ${def.type}`]
  }
}
