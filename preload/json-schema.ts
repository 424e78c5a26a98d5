import { format, type Schema, Validator } from '@cfworker/json-schema'
import { RE2JS } from 're2js'
import type { JsonObject } from './contract/words.ts'

/** What a value violates. Locations are JSON pointers that begin with `#`. */
export interface SchemaError {
  readonly keyword: string
  readonly keywordLocation: string
  readonly instanceLocation: string
  readonly error: string
}

/**
 * All violations of a JSON Schema (2020-12), by an interpreter: the window's content security policy forbids generated code.
 * Patterns run in linear time. Throws for a reference that cannot be resolved, and for a pattern that RE2 does not know.
 */
export function schemaErrors(schema: JsonObject, value: unknown): readonly SchemaError[] {
  return withLinearPatterns(() => new Validator(schema as Schema, '2020-12', false).validate(value).errors) // a schema is any JSON object
}

const compiled = new Map<string, RE2JS>()
const compiledLimit = 1_000
/** RE2's own limit of repetitions still allows programs that take long to build. */
const patternCharacters = 1_000

/** Throws where the pattern is longer than 1,000 characters, or RE2 cannot express it: look-around and back-references. */
export function linearPattern(pattern: string): RE2JS {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  if (pattern.length > patternCharacters) throw new SyntaxError('The pattern is too long.')
  const made = RE2JS.compile(RE2JS.translateRegExp(pattern))
  if (compiled.size >= compiledLimit) compiled.clear()
  compiled.set(pattern, made)
  return made
}

/** What the validator needs of a regular expression. */
class LinearRegExp {
  readonly #pattern: RE2JS

  constructor(pattern: string) {
    this.#pattern = linearPattern(pattern)
  }

  test(text: string): boolean {
    return this.#pattern.matcher(text).find()
  }
}

/** The validator makes a RegExp of each pattern and has no option for another engine. It runs to its end without a pause. */
function withLinearPatterns<Result>(validate: () => Result): Result {
  const own = globalThis.RegExp
  Reflect.set(globalThis, 'RegExp', LinearRegExp)
  try {
    return validate()
  } finally {
    globalThis.RegExp = own
  }
}

// The library's expression for this format takes exponential time.
format.url = (text: string) => /^(https?|ftp):\/\//i.test(text) && URL.canParse(text)
