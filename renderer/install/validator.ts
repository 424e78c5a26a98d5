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
import { type SchemaError, schemaErrors } from '../../preload/json-schema.ts'
import { t } from '../strings/t.ts'

/** Keywords that only repeat the error of a keyword inside them. */
const containers: ReadonlySet<string> = new Set(['properties', 'items', '$ref', 'additionalProperties', 'prefixItems'])

/** Messages for the common keywords, from the keyword's value in the schema; the validator's own for the rest. */
const messages: Readonly<Record<string, (expected: string) => string>> = {
  minLength: () => t('install.settings.invalid.minLength'),
  maxLength: () => t('install.settings.invalid.maxLength'),
  pattern: (expected) => t('install.settings.invalid.pattern', { expected }),
  format: (expected) => t('install.settings.invalid.format', { expected }),
  enum: () => t('install.settings.invalid.enum'),
  type: (expected) => t('install.settings.invalid.type', { expected }),
  minimum: (expected) => t('install.settings.invalid.minimum', { expected }),
  maximum: (expected) => t('install.settings.invalid.maximum', { expected }),
}

const steps = (pointer: string): string[] =>
  pointer
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))

/** The value at a JSON pointer in the schema: that of the keyword that failed. */
function at(schema: unknown, pointer: string): unknown {
  return steps(pointer).reduce<unknown>((level, step) => Reflect.get(Object(level), step), schema)
}

function toError(unit: SchemaError, schema: RJSFSchema): RJSFValidationError {
  const missing = unit.keyword === 'required' ? /property "([^"]*)"/.exec(unit.error)?.[1] : undefined
  const path = [...steps(unit.instanceLocation), ...(missing === undefined ? [] : [missing])]
  const messageOf = messages[unit.keyword]
  const message =
    missing !== undefined
      ? t('install.settings.invalid.required')
      : messageOf === undefined
        ? unit.error
        : messageOf(String(at(schema, unit.keywordLocation)))
  return { name: unit.keyword, property: `.${path.join('.')}`, message, stack: `${path.join(' ')} ${message}` }
}

/** A field that was emptied has the value undefined, which JSON does not have: the validator refuses it. */
const withoutUndefined = (data: unknown): unknown => JSON.parse(JSON.stringify(data ?? {}))

const errorsOf = (schema: RJSFSchema, data: unknown): RJSFValidationError[] =>
  schemaErrors(schema, withoutUndefined(data))
    .filter(({ keyword }) => !containers.has(keyword))
    .map((unit) => toError(unit, schema))

export const validator: ValidatorType<JsonObject, RJSFSchema> = {
  validateFormData(
    data: JsonObject | undefined,
    schema: RJSFSchema,
    _custom?: CustomValidator<JsonObject, RJSFSchema>,
    transform?: ErrorTransformer<JsonObject, RJSFSchema>,
    uiSchema?: UiSchema<JsonObject, RJSFSchema>,
  ): ValidationData<JsonObject> {
    const all = errorsOf(schema, data)
    const errors = transform === undefined ? all : transform(all, uiSchema)
    return { errors, errorSchema: toErrorSchema<JsonObject>(errors) }
  },
  isValid(schema, data, root) {
    try {
      const whole = { ...schema, $defs: { ...root.$defs, ...schema.$defs }, definitions: root.definitions }
      return errorsOf(whole, data).length === 0
    } catch {
      // The interface requires false for a schema that cannot be resolved.
      return false
    }
  },
  rawValidation(schema, data) {
    try {
      return { errors: [...schemaErrors(schema, data)] as never[] } // the caller names the type
    } catch (error) {
      return { validationError: error instanceof Error ? error : new Error('The schema cannot be read.') }
    }
  },
}
