import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * The one session of the browser host. The printed address has a token that works once: the first browser that opens it
 * gets the session, in a cookie that no script can read and no other site can send.
 */
export interface BrowserSession {
  /** 256 random bits, for the address. */
  readonly token: string
  /** The `Set-Cookie` header of the session, for the first request with the token; undefined after that, and for a wrong token. */
  exchangeToken(token: string): string | undefined
  /** Whether the `Cookie` header of a request holds the session. */
  holdsSession(cookies: string | undefined): boolean
}

/** The cookie's name has the port: cookies are not separated by port, and two Hangars may serve at once. */
export function createSession(port: number): BrowserSession {
  const token = secret()
  const sessionSecret = secret()
  const name = `hangar-${port}`
  let used = false
  return {
    token,
    exchangeToken(given) {
      if (used || !isSame(given, token)) return undefined
      used = true
      return `${name}=${sessionSecret}; Path=/; HttpOnly; SameSite=Strict`
    },
    holdsSession(cookies) {
      const held = (cookies ?? '').split(';').map((cookie) => cookie.trim().split('='))
      return held.some(([key, value]) => key === name && value !== undefined && isSame(value, sessionSecret))
    },
  }
}

const secret = (): string => randomBytes(32).toString('base64url')

/** Compares in constant time. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
