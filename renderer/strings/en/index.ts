import { connectivity } from './connectivity.ts'
import { ui } from './ui.ts'

/** Every text of the window, in English. One file per feature; messages are in ICU syntax. */
export const en = { connectivity, ui } as const
