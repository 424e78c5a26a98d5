import type { z } from 'zod'
import { Problem } from '../../preload/contract/problem.ts'
import { EndpointList, Profile, type ProfileFault } from '../../preload/contract/profiles.ts'
import { shapeFaults } from '../lib/shape-faults.ts'
import { type PlacedText, placeText } from '../lib/yaml-places.ts'
import { firstOfLines, yamlWords } from '../lib/yaml-words.ts'
import { referenceFaults } from './reference-faults.ts'

type Faults = readonly [ProfileFault, ...ProfileFault[]]

export type Parsed =
  | { readonly profile: Profile; readonly faults?: undefined }
  | { readonly profile?: undefined; readonly faults: Faults }

export type ParsedList =
  | { readonly list: EndpointList; readonly faults?: undefined }
  | { readonly list?: undefined; readonly faults: Faults }

const faultLimit = 100

export interface ParseOptions {
  /** Whether faults quote the text. False for a file that the caller may not be permitted to read. */
  readonly quotes: boolean
}

/** Parses a profile (YAML or JSON). Errors are returned as faults in the order of the text. */
export function parseProfile(text: string, { quotes }: ParseOptions = { quotes: true }): Parsed {
  const read = parseShape(text, Profile, 'a profile', quotes)
  if (read.faults !== undefined) return read
  const faults = referenceFaults(read.value, read.placed, quotes)
  return faults.length === 0 ? { profile: read.value } : failed(faults, 'a profile')
}

/** Parses a bare list of endpoints (YAML or JSON), as `hangar check --endpoints` reads it. */
export function parseEndpointList(text: string): ParsedList {
  const read = parseShape(text, EndpointList, 'a list of endpoints', true)
  return read.faults === undefined ? { list: read.value } : read
}

type Read<Value> =
  | { readonly value: Value; readonly placed: PlacedText; readonly faults?: undefined }
  | { readonly faults: Faults }

function parseShape<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  what: string,
  quotes: boolean,
): Read<z.infer<Schema>> {
  const placed = placeText(text)
  if (placed.errors.length > 0) {
    const errors = placed.errors.map((error) => ({ ...error, ...placed.placeOfOffset(error.offset) }))
    const faults = firstOfLines(errors.slice(0, faultLimit)).map(({ line, column, code, message }) => ({
      line,
      column,
      field: '',
      found: code === 'LIMIT' ? `more than ${what} may have` : 'text that is not YAML',
      expected: (quotes || code === 'LIMIT' ? message.split('\n')[0] : undefined) ?? `YAML (${code})`,
      ...(code !== 'LIMIT' && { message: yamlWords({ code, message }) }),
    }))
    return failed(faults, what)
  }
  let value: unknown
  try {
    value = placed.value()
  } catch {
    return failed([{ line: 1, column: 1, field: '', found: 'too many aliases', expected: 'fewer aliases' }], what)
  }
  const read = schema.safeParse(value)
  return read.success
    ? { value: read.data, placed }
    : failed(shapeFaults(read.error.issues, value, placed, { limit: faultLimit, quotes }), what)
}

function failed(faults: readonly ProfileFault[], what: string): { readonly faults: Faults } {
  const sorted = faults
    .toSorted((left, right) => left.line - right.line || left.column - right.column)
    .slice(0, faultLimit)
  const [first, ...rest] = sorted
  const unknown = { line: 1, column: 1, field: '', found: 'something else', expected: what }
  return { faults: [first ?? unknown, ...rest] }
}

/** PROFILE_INVALID with the first fault as its message and all of them as evidence. */
export function invalidProfile(name: string, faults: readonly [ProfileFault, ...ProfileFault[]]): Problem {
  const more = faults.length === 1 ? '' : ` (and ${faults.length - 1} more)`
  return new Problem(
    'PROFILE_INVALID',
    `The profile "${name}" is not valid: ${sentence(faults[0])}${more}`,
    faults.map(sentence).join('\n'),
  )
}

/** `line 12, releases[0].chart: found nothing, expected a mapping.`, or `line 6, column 8: a mapping cannot start here.` */
export function sentence({ line, column, field, found, expected, message }: ProfileFault): string {
  if (message !== undefined) return `line ${line}, column ${column}: ${message}.`
  return `line ${line}${field === '' ? '' : `, ${field}`}: found ${found}, expected ${expected}.`
}
