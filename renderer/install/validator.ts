import { type Schema, Validator } from '@cfworker/json-schema'
import type {
  CustomValidator,
  ErrorTransformer,
  RJSFSchema,
  RJSFValidationError,
  UiSchema,
  ValidationData,
  ValidatorType,
} from '@rjsf/utils'
import { toErrorSchema } from '@rjsf/utils'
import type { JsonObject } from '../../preload/contract/words.ts'

interface OutputUnit {
  readonly keyword: string
  readonly keywordLocation: string
  readonly instanceLocation: string
  readonly error: string
}

/** Keywords that only say that something beneath them failed, which is said there. */
const containers: ReadonlySet<string> = new Set(['properties', 'items', '$ref', 'additionalProperties', 'prefixItems'])

/** Plain words for what people run into; the interpreter's own for the rest. */
const words: Readonly<Record<string, (unit: OutputUnit, schema: unknown) => string>> = {
  minLength: () => 'is too short',
  maxLength: () => 'is too long',
  pattern: (_, wanted) => `must look like ${String(wanted)}`,
  format: (_, wanted) => `must be a valid ${String(wanted)}`,
  enum: () => 'must be one of the choices',
  type: (_, wanted) => `must be ${String(wanted)}`,
  minimum: (_, wanted) => `must be at least ${String(wanted)}`,
  maximum: (_, wanted) => `must be at most ${String(wanted)}`,
}

const steps = (pointer: string): string[] =>
  pointer
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))

/** What a JSON pointer leads to in the schema: the value of the keyword that failed. */
function at(schema: unknown, pointer: string): unknown {
  return steps(pointer).reduce<unknown>((level, step) => Reflect.get(Object(level), step), schema)
}

function toError(unit: OutputUnit, schema: RJSFSchema): RJSFValidationError {
  const missing = unit.keyword === 'required' ? /property "([^"]*)"/.exec(unit.error)?.[1] : undefined
  const path = [...steps(unit.instanceLocation), ...(missing === undefined ? [] : [missing])]
  const word = words[unit.keyword]
  const message =
    missing !== undefined
      ? 'is required'
      : word === undefined
        ? unit.error
        : word(unit, at(schema, unit.keywordLocation))
  return { name: unit.keyword, property: `.${path.join('.')}`, message, stack: `${path.join(' ')} ${message}` }
}

/** An interpreter instead of ajv: that one compiles with `new Function`, which the content security policy refuses. */
function errorsOf(schema: RJSFSchema, data: unknown): RJSFValidationError[] {
  // Both describe JSON Schema; the two packages only name its types apart.
  const { errors } = new Validator(schema as Schema, '2020-12', false).validate(data ?? {})
  return errors.filter(({ keyword }) => !containers.has(keyword)).map((unit) => toError(unit, schema))
}

export const validator: ValidatorType<JsonObject, RJSFSchema> = {
  validateFormData(
    data: JsonObject | undefined,
    schema: RJSFSchema,
    _custom?: CustomValidator<JsonObject, RJSFSchema>,
    transform?: ErrorTransformer<JsonObject, RJSFSchema>,
    uiSchema?: UiSchema<JsonObject, RJSFSchema>,
  ): ValidationData<JsonObject> {
    const found = errorsOf(schema, data)
    const errors = transform === undefined ? found : transform(found, uiSchema)
    return { errors, errorSchema: toErrorSchema<JsonObject>(errors) }
  },
  isValid(schema, data, root) {
    try {
      const whole = { ...schema, $defs: { ...root.$defs, ...schema.$defs }, definitions: root.definitions }
      return errorsOf(whole, data).length === 0
    } catch {
      // A schema that cannot be resolved holds for nothing, as the interface asks.
      return false
    }
  },
  rawValidation(schema, data) {
    try {
      return { errors: new Validator(schema as Schema, '2020-12', false).validate(data).errors as never[] } // the caller names the type
    } catch (error) {
      return { validationError: error instanceof Error ? error : new Error('The schema cannot be read.') }
    }
  },
}
