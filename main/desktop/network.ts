import type { Session } from 'electron'
import { isOurs } from './origin.ts'

/**
 * The window has no network. The content security policy applies to the page; this applies to Chromium itself, for what no
 * policy covers, such as prefetching, dictionaries, or a page that should not have been loaded.
 */
export function cutNetwork(session: Session): void {
  session.setSpellCheckerEnabled(false) // its dictionaries would be downloaded
  session.webRequest.onBeforeRequest(({ url }, done) => {
    done({ cancel: !mayLoad(url) })
  })
}

/** Our own files, data of the page itself, and the developer tools if they are enabled. */
export function mayLoad(url: string): boolean {
  return isOurs(url) || ['data:', 'blob:', 'devtools:'].includes(URL.parse(url)?.protocol ?? '')
}
