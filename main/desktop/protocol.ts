import { protocol, type Session } from 'electron'
import { answer } from './answer.ts'
import { scheme } from './origin.ts'

/** Registers `app:` as a standard, secure scheme. Must run before the app is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true, codeCache: true } },
  ])
}

/** Serves only the built window at `root`, as `app://hangar/…`. */
export function servePages(session: Session, root: string): void {
  session.protocol.handle(scheme, (request) => answer(root, request.method, request.url))
}
