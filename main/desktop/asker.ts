import type { WebFrameMain } from 'electron'
import { isOurs, origin } from './origin.ts'

/** The properties of the requesting frame that are checked. */
export type Asker = Pick<WebFrameMain, 'url' | 'origin' | 'parent'>

/**
 * Only the top frame of our window, on our page, gets the port. Anything missing or uncertain is refused, such as a
 * detached frame, a document without a URL, or a similar origin (Electron's security checklist, item 17).
 */
export function mayHavePort(asker: Asker | null, topFrame: Asker): boolean {
  return asker !== null && asker === topFrame && asker.parent === null && asker.origin === origin && isOurs(asker.url)
}
