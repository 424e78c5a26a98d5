import { type HostileFile, repeat } from './hostile-file.ts'

/** A profile that would be valid with harmless settings. */
export const profileText = (name: string, settings: string): string => `schemaVersion: 1
name: ${name}
title: ${name}
description: A profile of someone else
settings: ${settings}
managementModels: [{id: self, title: Self, summary: We do, tasks: []}]
components: [{id: agent, title: Agent, summary: Talks, providedBy: release}]
releases: [{name: agent, namespace: n, chart: {path: chart}, components: [agent]}]
endpoints: []
`

const schema = (properties: string, more = ''): string => `{type: object, properties: {${properties}}${more}}`

/** Each schema refers twice to the next: 25 of them are 33 million. */
const doubling = (part: (index: number) => string): string =>
  `{type: object, properties: {a: {$ref: "#/$defs/d0"}}, default: {}, $defs: {${repeat(25, part, ', ')}, d25: {type: object}}}`

const byProfile = (name: string, settings: () => string): HostileFile => ({ name, text: () => profileText(name, settings()) })

/** These are accepted: what they rely on now takes time that grows with their size. */
const harmless = ['pattern-catastrophic', 'pattern-of-names', 'format-url', 'multiple-of', 'one-of-many']

const files: readonly HostileFile[] = [
  byProfile('pattern-catastrophic', () => schema(`a: {type: string, pattern: "^(a+)+$", default: "${'a'.repeat(60)}!"}`)),
  byProfile('pattern-look-around', () => schema('a: {type: string, pattern: "^(?=(a+)+b)"}')),
  byProfile('pattern-back-reference', () => schema('a: {type: string, pattern: "(a*)\\\\1"}')),
  byProfile('pattern-of-names', () => `{type: object, patternProperties: {"^(a+)+$": {}}, default: {}, properties: {x: {type: object, patternProperties: {"^(([a-z])+.)+$": {}}, default: {${'a'.repeat(60)}!: 1}}}}`),
  byProfile('pattern-repetition', () => schema('a: {type: string, pattern: "((a{1000}){1000}){1000}"}')),
  byProfile('format-url', () => schema(`a: {type: string, format: url, default: "http://${'a'.repeat(60_000)}!"}`)),
  byProfile('references-doubling', () => doubling((index) => `d${index}: {allOf: [{$ref: "#/$defs/d${index + 1}"}, {$ref: "#/$defs/d${index + 1}"}]}`)),
  byProfile('properties-doubling', () => doubling((index) => `d${index}: {type: object, properties: {l: {$ref: "#/$defs/d${index + 1}"}, r: {$ref: "#/$defs/d${index + 1}"}}}`)),
  byProfile('reference-to-itself', () => schema('a: {$ref: "#/properties/a"}')),
  byProfile('reference-to-the-root', () => schema('a: {$ref: "#"}, b: {$ref: "#"}, c: {$ref: "#"}, d: {$ref: "#"}')),
  byProfile('unique-items', () => schema(`a: {type: array, uniqueItems: true, default: [${repeat(30_000, (index) => String(index), ',')}]}`)),
  byProfile('multiple-of', () => schema('a: {type: number, multipleOf: 1.0e-300, default: 1.0e+300}')),
  byProfile('one-of-many', () => schema(`a: {oneOf: [${repeat(4_000, () => '{type: string}', ',')}], default: [${repeat(2_000, () => '1', ',')}]}`)),
  { name: 'unknown-keys', text: () => repeat(20_000, (index) => `key${index}: 1`) },
  byProfile('many-properties', () => schema(repeat(20_000, (index) => `k${index}: {type: string}`, ', '))),
  { name: 'duplicate-keys', text: () => 'a: 1\n'.repeat(80_000) },
  { name: 'deep-lists', text: () => '['.repeat(500_000) },
  { name: 'deep-mappings', text: () => `${'{a: '.repeat(100_000)}${'}'.repeat(100_000)}` },
  { name: 'deep-dashes', text: () => '- '.repeat(500_000) },
  { name: 'alias-expansion', text: () => `a0: &a0 [${'x,'.repeat(9)}]\n${repeat(12, (index) => `a${index + 1}: &a${index + 1} [${`*a${index},`.repeat(9)}]`)}` },
  { name: 'alias-to-itself', text: () => 'a: &a [*a]' },
  { name: 'merge-keys', text: () => `a: &a {${repeat(20_000, (index) => `k${index}: 1`, ', ')}}\n${repeat(900, (index) => `b${index}: {<<: *a}`)}` },
  { name: 'errors', text: () => 'a: b: c\n'.repeat(40_000) },
  { name: 'newlines', text: () => '\n'.repeat(1_900_000) },
  { name: 'wrong-everywhere', text: () => profileText('wrong-everywhere', '{type: object}').replace('endpoints: []', `endpoints: [${'{id: 1},'.repeat(10_000)}]`) },
]

export const hostileProfiles: readonly HostileFile[] = files.map((file) => ({
  ...file,
  harmless: harmless.includes(file.name),
}))
