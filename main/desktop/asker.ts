import type { WebFrameMain } from 'electron'
import { isOurs, origin } from './origin.ts'

/** What is looked at of the frame that asks. */
export type Asker = Pick<WebFrameMain, 'url' | 'origin' | 'parent'>

/**
 * Only the top frame of our window, on our page, may have the port. Whatever is missing or in doubt is a no: a frame
 * that is gone, a document without a URL, an origin that is alike (Electron's security checklist, item 17).
 */
export function mayHavePort(asker: Asker | null, topFrame: Asker): boolean {
  return asker !== null && asker === topFrame && asker.parent === null && asker.origin === origin && isOurs(asker.url)
}
