import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../preload/contract/words.ts'
import { startCpuTime } from '../../test/cpu-time.ts'
import { schemaProblem } from './schema-cost.ts'
import { settingFaults } from './settings-schema.ts'

const reference = (name: string) => ({ $ref: `#/$defs/${name}` })

/** Each schema refers twice to the next. */
function doubling(part: (next: string) => JsonObject): JsonObject {
  const parts = Array.from({ length: 25 }, (_, index) => [`d${index}`, part(`d${index + 1}`)] as const)
  return { type: 'object', properties: { a: reference('d0') }, $defs: { ...Object.fromEntries(parts), d25: {} } }
}

const cases: readonly (readonly [string, JsonObject, string])[] = [
  ['look-around', { properties: { a: { pattern: '^(?=b)' } } }, 'settings.properties.a.pattern'],
  ['back-references', { properties: { a: { items: { pattern: '(a)\\1' } } } }, 'settings.properties.a.items.pattern'],
  ['a pattern of names', { patternProperties: { '(?!a)': {} } }, 'settings.patternProperties.(?!a)'],
  ['a long pattern', { properties: { a: { pattern: 'a'.repeat(1_001) } } }, 'settings.properties.a.pattern'],
  ['doubling references', doubling((next) => ({ allOf: [reference(next), reference(next)] })), ''],
  ['doubling properties', doubling((next) => ({ properties: { l: reference(next), r: reference(next) } })), ''],
  ['a schema in itself', { properties: { a: { $ref: '#/properties/a' } } }, 'settings.properties.a.$ref'],
  ['the whole schema in a part', { properties: { a: { items: { $ref: '#' } } } }, 'settings.properties.a.items.$ref'],
  ['a reference to nothing', { properties: { a: { $ref: '#/$defs/b' } } }, 'settings.properties.a.$ref'],
  ['an encoded reference', { properties: { a: { $ref: '#/%61' } } }, 'settings.properties.a.$ref'],
  ['an anchor', { properties: { a: { $anchor: 'b' } } }, 'settings.properties.a.$anchor'],
  ['a nested id', { properties: { a: { $id: 'b' } } }, 'settings.properties.a.$id'],
]

describe('schemaProblem', () => {
  it.each(cases)('refuses %s, naming the field', (_name, schema, field) => {
    const problem = schemaProblem(schema)
    expect(problem).toBeDefined()
    if (field !== '') expect(problem?.path.join('.')).toBe(field)
  })

  it('accepts a part that is referred to from several places', () => {
    const properties = { a: reference('port'), b: { items: reference('port') }, c: { $ref: '#/properties/a' } }
    expect(schemaProblem({ type: 'object', properties, $defs: { port: { type: 'integer' } } })).toBeUndefined()
  })
})

describe('settingFaults', () => {
  it.each<[string, JsonObject]>([
    ['enum', { enum: 5 }],
    ['required', { required: 5 }],
    ['type', { type: { a: 1 } }],
    ['pattern', { pattern: 5 }],
    ['allOf', { allOf: 5 }],
    ['dependentRequired', { dependentRequired: { a: 5 } }],
    ['format', { format: 'constructor' }],
  ])('is faults or none, and no error, for a schema whose "%s" has another type', (_keyword, part) => {
    for (const a of ['text', 5, [], { a: {} }])
      expect(settingFaults({ type: 'object', properties: { a: part } }, { a })).toBeInstanceOf(Array)
  })

  it('evaluates a pattern in time that grows with the text', () => {
    const schema = { properties: { a: { type: 'string', pattern: '^(a+)+$' } } }
    expect(settingFaults(schema, { a: `${'a'.repeat(29)}!` })).toHaveLength(1)
    const cpuMs = startCpuTime()
    settingFaults(schema, { a: `${'a'.repeat(29)}!` })
    expect(cpuMs()).toBeLessThan(300)
  })

  it('evaluates a URL in time that grows with the text', () => {
    const schema = { properties: { a: { type: 'string', format: 'url' } } }
    const cpuMs = startCpuTime()
    expect(settingFaults(schema, { a: `http://${'a'.repeat(30)}!${'a'.repeat(30)} b` })).toHaveLength(1)
    expect(settingFaults(schema, { a: 'https://example.org/a' })).toEqual([])
    expect(cpuMs()).toBeLessThan(300)
  })
})
