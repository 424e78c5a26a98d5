import i18next, { type I18nFormatModule } from 'i18next'
import { IntlMessageFormat } from 'intl-messageformat'
import { en } from './en/index.ts'
import type { AnyKey, Key, ValuesOf } from './keys.ts'

/** Compiled messages by language and text; a message is compiled when it is first shown. */
const compiled = new Map<string, IntlMessageFormat>()

export function compile(message: string, language: string): IntlMessageFormat {
  const key = `${language} ${message}`
  const format = compiled.get(key) ?? new IntlMessageFormat(message, language)
  compiled.set(key, format)
  return format
}

/** Values are put into the compiled message: what they contain is never read as ICU syntax or as a tag. */
const icu: I18nFormatModule & {
  init(): void
  parse(message: string, options: { values?: Record<string, unknown> }, language: string): unknown
  addLookupKeys(keys: string[]): string[]
} = {
  type: 'i18nFormat',
  init: () => undefined,
  parse: (message, { values }, language) => compile(message, language).format(values),
  addLookupKeys: (keys) => keys,
}

const language = 'en-GB'
const catalogue = i18next.createInstance()
void catalogue.use(icu).init({
  lng: language,
  fallbackLng: 'en',
  resources: { en: { translation: en } },
  initAsync: false,
})

/** Adds the texts of a view that is loaded by itself; it calls this before it renders. */
export const addMessages = (texts: Readonly<Record<string, object>>): void => {
  catalogue.addResourceBundle('en', 'translation', texts, true)
}

/** The message with its values: text, or text and elements where it has tags. */
export const message = (key: AnyKey, values?: Readonly<Record<string, unknown>>): unknown =>
  catalogue.t(key, { values })

type ValuesArgument<K extends Key> = keyof ValuesOf<K> extends never ? [] : [values: ValuesOf<K>]

/** The text of the window for a key. */
export const t = <K extends Key>(key: K, ...[values]: ValuesArgument<K>): string => String(message(key, values))

/** Is there a text for what came from outside, such as a code of a newer core? */
export const isKey = (key: string): key is Key => typeof catalogue.getResource('en', 'translation', key) === 'string'

const conjunction = new Intl.ListFormat(language)

/** "a, b and c". */
export const listText = (items: readonly string[]): string => conjunction.format(items)
