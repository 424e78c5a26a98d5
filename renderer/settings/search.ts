import { settings } from '../strings/en/settings.ts'
import { trust } from '../strings/en/trust.ts'
import { t } from '../strings/t.ts'

/** The parts of the settings, in their order. */
export const settingsSections = [
  'appearance',
  'notifications',
  'helm',
  'kubeconfigs',
  'allowed',
  'vault',
  'about',
] as const
export type SettingsSection = (typeof settingsSections)[number]

const textsOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}

/** The words of titles and descriptions of a section, with other words for what it has. */
const words = new Map(
  settingsSections.map((section) => {
    const shown = section === 'allowed' ? trust.granted : settings[section]
    const text = [...textsOf(shown), t(`settings.synonyms.${section}`)].join(' ').toLowerCase()
    return [section, text.split(/[^\p{L}\p{N}-]+/u)] as const
  }),
)

export const wordsIn = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')

/** The sections that have, for each word, one that begins with it; without words: all of them. Pure. */
export const matchingSections = (text: string): ReadonlySet<SettingsSection> =>
  new Set(
    settingsSections.filter((section) =>
      wordsIn(text).every((wanted) => words.get(section)?.some((word) => word.startsWith(wanted))),
    ),
  )
