import type { Session } from 'electron'
import { isOurs } from './origin.ts'

/** Copying to the clipboard is all that the window may ask for. */
const granted: ReadonlySet<string> = new Set(['clipboard-sanitized-write'])

/** Whether our page, and nobody else's, may have a permission. */
export function isGranted(permission: string, url: string): boolean {
  return granted.has(permission) && isOurs(url)
}

/** Both handlers are needed: one answers what the page asks for, the other what it looks up. */
export function limitPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, done, { requestingUrl }) => {
    done(isGranted(permission, requestingUrl))
  })
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin) =>
    isGranted(permission, requestingOrigin),
  )
  session.setDevicePermissionHandler(() => false)
}
