import type { CredentialSpec } from '../../preload/contract/profiles.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { t } from '../strings/t.ts'

/** A part of the settings step, for its index. */
export interface Section {
  readonly id: string
  readonly title: string
  /** The ids of elements, of which the first is shown. */
  readonly anchors: readonly string[]
  readonly errors: number
}

export interface SectionErrors {
  /** The first steps of the paths of settings with an error, one for each error. */
  readonly settings: readonly string[]
  readonly missingCredentials: number
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null

/** Each group of the form is a section; single settings share one. Pure. */
export function sectionsOf(
  schema: JsonObject,
  credentials: readonly CredentialSpec[],
  { settings: errors, missingCredentials }: SectionErrors,
): readonly Section[] {
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : []
  const isGroup = (property: unknown): boolean => isObject(property) && isObject(property.properties)
  const countIn = (names: readonly string[]) => errors.filter((name) => names.includes(name)).length
  const single = properties.filter(([, property]) => !isGroup(property)).map(([name]) => name)
  const groups = properties.flatMap(([name, property]): Section[] =>
    isGroup(property)
      ? [{ id: name, title: titleOf(property, name), anchors: [anchorOf(name)], errors: countIn([name]) }]
      : [],
  )
  return [
    ...(single.length === 0
      ? []
      : [{ id: '', title: t('install.settings.general'), anchors: single.map(anchorOf), errors: countIn(single) }]),
    ...groups,
    ...(credentials.length === 0
      ? []
      : [
          {
            id: 'credentials',
            title: t('install.credentials.title'),
            anchors: [credentialsAnchor],
            errors: missingCredentials,
          },
        ]),
  ]
}

export const credentialsAnchor = 'credentials'

/** As the form names its elements. */
const anchorOf = (name: string): string => `setting_${name}`

const titleOf = (property: unknown, name: string): string =>
  isObject(property) && typeof property.title === 'string' ? property.title : name
