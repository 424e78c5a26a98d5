import type { HelpPage } from './page.ts'
import { helpTitles, nameOfPage } from './titles.ts'

const files = import.meta.glob<HelpPage>('../../docs/guide/*.md', { import: 'default', eager: true })
const byName = new Map(Object.entries(files).map(([path, page]) => [nameOfPage(path), page]))

/** Every page by its name, in the order of the titles. This module is large: it is loaded with the help. */
export const helpPages: ReadonlyMap<string, HelpPage> = new Map(
  [...helpTitles.keys()].flatMap((name) => {
    const page = byName.get(name)
    return page === undefined ? [] : [[name, page] as const]
  }),
)
