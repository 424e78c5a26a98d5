import { helpPages } from './pages.ts'
import { sectionsOf } from './search.ts'

export const helpSections = sectionsOf(helpPages)
