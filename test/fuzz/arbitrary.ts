import fc, { type Arbitrary } from 'fast-check'
import { z } from 'zod'

/** Text that has broken parsers, paths, patterns and terminals before. */
const hostileTexts = [
  '',
  ' ',
  '../../../../etc/passwd',
  '/dev/zero',
  'file:///etc/passwd',
  '__proto__',
  'constructor',
  '$' + '{a.b.c}',
  '\u0000',
  '\u202Edorp',
  '\u001b]0;title\u0007',
  "'; DROP TABLE lines; --",
  '"',
  '(a+)+$',
  '%00%2e%2e%2f',
  'A'.repeat(20_000),
  '['.repeat(5_000),
  '{"a":'.repeat(2_000),
]

const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(...hostileTexts) },
)

/** Any JSON, also such as no schema expects. */
export const anyJson: Arbitrary<unknown> = fc.jsonValue({ maxDepth: 6 })

/** Values that exist, by the name of the field that takes them: an id that is valid reaches the code behind validation. */
export type Known = Readonly<Record<string, readonly unknown[]>>

/**
 * Inputs of a zod 4 schema: of the right shape, with any content. Checks such as a pattern are not modelled, so that some
 * inputs are refused by validation. A schema of an unknown type gives any JSON.
 */
export function arbitraryOf(schema: z.core.$ZodType, known: Known, field = '', depth = 0): Arbitrary<unknown> {
  const { def } = schema._zod
  const get = (name: string): unknown => Reflect.get(def, name)
  const inner = (part: unknown, name = field): Arbitrary<unknown> =>
    part instanceof z.core.$ZodType && depth < 12 ? arbitraryOf(part, known, name, depth + 1) : anyJson
  const values = known[field] ?? []
  const orKnown = (arbitrary: Arbitrary<unknown>): Arbitrary<unknown> =>
    values.length === 0
      ? arbitrary
      : fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary })
  switch (def.type) {
    case 'string':
      if (get('format') === 'uuid') return orKnown(fc.uuid())
      if (get('format') === 'datetime') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
      return orKnown(anyText)
    case 'number':
    case 'int':
      return fc.oneof({ weight: 4, arbitrary: numberWithin(schema) }, fc.integer(), fc.double())
    case 'boolean':
      return fc.boolean()
    case 'literal':
      return fc.constantFrom(...[get('values')].flat())
    case 'enum':
      return fc.constantFrom(...Object.values(Object(get('entries'))))
    case 'array':
      return fc.array(inner(get('element')), { maxLength: 4 })
    case 'tuple':
      return fc.tuple(...[get('items')].flat().map((part) => inner(part)))
    case 'record':
      return fc.dictionary(anyText, inner(get('valueType'), ''), { maxKeys: 4 })
    case 'union':
      return fc.oneof(...[get('options')].flat().map((part) => inner(part)))
    case 'object': {
      const shape = Object.entries(Object(get('shape')))
      return fc.record(Object.fromEntries(shape.map(([name, part]) => [name, inner(part, name)])))
    }
    case 'optional':
      return fc.option(inner(get('innerType')), { nil: undefined, freq: 1 })
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
      return inner(get('innerType'))
    case 'lazy':
      return inner(Reflect.get(schema._zod, 'innerType'))
    case 'pipe':
      return inner(get('in'))
    default:
      return anyJson
  }
}

/** A number within the bounds of its schema, where it has some. */
function numberWithin(schema: z.core.$ZodType): Arbitrary<number> {
  const { minimum, maximum } = Object(schema._zod.bag)
  const min = Math.max(typeof minimum === 'number' ? minimum : -1, -1_000_000)
  const max = Math.min(typeof maximum === 'number' ? maximum : min + 1_000, min + 1_000_000)
  return fc.integer({ min: Math.ceil(min), max: Math.floor(max) })
}
