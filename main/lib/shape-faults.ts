import type { z } from 'zod'
import type { ProfileFault } from '../../preload/contract/profiles.ts'
import { fieldName, type Path, type PlacedText } from './yaml-places.ts'

type Issue = z.core.$ZodIssue

interface FaultOptions {
  /** Finding a position takes time, so only the first violations are reported. */
  readonly limit: number
  /** Whether faults contain parts of the text. */
  readonly quotes: boolean
}

/** The first violations of a schema, with their positions in the text. */
export function shapeFaults(
  issues: readonly Issue[],
  value: unknown,
  text: PlacedText,
  options: FaultOptions = { limit: 100, quotes: true },
): ProfileFault[] {
  return issues.slice(0, options.limit).flatMap((issue) => faultsOf(issue, [], value, text, options))
}

function faultsOf(issue: Issue, base: Path, value: unknown, text: PlacedText, options: FaultOptions): ProfileFault[] {
  const { limit, quotes } = options
  const path = [...base, ...issue.path]
  const actual = at(value, path)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, limit).map((key) => ({
      ...text.placeOfKey(path, key),
      field: fieldName(quotes ? [...path, key] : path),
      found: quotes ? `the unknown field "${key}"` : 'an unknown field',
      expected: 'a known field',
    }))
  }
  const branch = issue.code === 'invalid_union' ? likeliest(issue.errors) : undefined
  if (branch !== undefined) return branch.flatMap((inner) => faultsOf(inner, path, value, text, options))
  const place = actual === undefined ? text.placeOf(path.slice(0, -1)) : text.placeOf(path)
  return [{ ...place, field: fieldName(path), found: describe(actual, quotes), expected: expectation(issue) }]
}

/** The form of a union that the author most likely meant: the one with the fewest issues, none about the form as a whole. */
function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const inside = branches.filter((issues) => issues.length > 0 && issues.every(isInside))
  const missing = (issues: readonly Issue[]) =>
    issues.filter(({ code }) => code === 'unrecognized_keys').length * 2 + issues.length
  return inside.toSorted((left, right) => missing(left) - missing(right))[0]
}

const isInside = (issue: Issue): boolean => issue.path.length > 0 || issue.code === 'unrecognized_keys'

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, step) => (typeof node === 'object' && node !== null ? Reflect.get(node, step) : undefined),
    value,
  )
}

const shown = 60

/** A short description of a value: its beginning, or only its kind. */
function describe(value: unknown, quotes: boolean): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'an empty value'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (!quotes) return types[typeof value] ?? 'another value'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > shown ? `${text.slice(0, shown)}…` : text
}

const types: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  json: 'a JSON value',
}

const quoteAll = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(', ')

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return types[issue.expected] ?? issue.expected
    case 'invalid_value':
      return issue.values.length === 1 ? quoteAll(issue.values) : `one of ${quoteAll(issue.values)}`
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin)}`
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`
    case 'invalid_format':
      if (issue.format === 'starts_with' && 'prefix' in issue) return `text that starts with "${String(issue.prefix)}"`
      return issue.format === 'url' ? 'an address such as https://example.org' : issue.message
    case 'invalid_union':
      return branchesOf(issue.errors)
    default:
      return issue.message
  }
}

const unitOf = (origin: string): string => ({ string: ' characters', array: ' items' })[origin] ?? ''

function branchesOf(branches: readonly (readonly Issue[])[]): string {
  const expectations = new Set(branches.flatMap(([first]) => (first === undefined ? [] : [expectation(first)])))
  return expectations.size === 0 ? 'another format' : [...expectations].join(', or ')
}
