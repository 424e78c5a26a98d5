import type { Session } from 'electron'
import { isOurs } from './origin.ts'

/**
 * The window has no network. The content policy says so to the page; this says it to chromium itself, for what no
 * policy covers: prefetching, a dictionary, a page that should never have been loaded.
 */
export function cutNetwork(session: Session): void {
  session.setSpellCheckerEnabled(false) // its dictionaries would be downloaded
  session.webRequest.onBeforeRequest(({ url }, done) => {
    done({ cancel: !mayLoad(url) })
  })
}

/** Our own files, what is inside the page itself, and the developer tools where they are on. */
export function mayLoad(url: string): boolean {
  return isOurs(url) || ['data:', 'blob:', 'devtools:'].includes(URL.parse(url)?.protocol ?? '')
}
