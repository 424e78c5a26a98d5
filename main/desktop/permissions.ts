import type { Session } from 'electron'
import { isOurs } from './origin.ts'

/** The window is permitted only to copy to the clipboard. */
const granted: ReadonlySet<string> = new Set(['clipboard-sanitized-write'])

/** Whether the permission is granted: only to our own page. */
export function isGranted(permission: string, url: string): boolean {
  return granted.has(permission) && isOurs(url)
}

/** Both handlers are needed: one for requests, the other for queries of a permission. */
export function limitPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, done, { requestingUrl }) => {
    done(isGranted(permission, requestingUrl))
  })
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin) =>
    isGranted(permission, requestingOrigin),
  )
  session.setDevicePermissionHandler(() => false)
}
