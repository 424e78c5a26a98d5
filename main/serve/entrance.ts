import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Who may come in. The address that is printed holds a token that works once: whoever opens it first gets a session,
 * kept by the browser in a cookie that no script can read and no other site can send.
 */
export interface Entrance {
  /** 256 random bits, for the address. */
  readonly token: string
  /** The `Set-Cookie` of a session for the first who shows the token; undefined for everyone after, and for a wrong one. */
  enter(token: string): string | undefined
  /** Whether the `Cookie` header of a request holds the session. */
  holdsSession(cookies: string | undefined): boolean
}

/** The port is in the cookie's name: cookies know no ports, and two Hangars may serve at once. */
export function createEntrance(port: number): Entrance {
  const token = secret()
  const session = secret()
  const name = `hangar-${port}`
  let used = false
  return {
    token,
    enter(given) {
      if (used || !isSame(given, token)) return undefined
      used = true
      return `${name}=${session}; Path=/; HttpOnly; SameSite=Strict`
    },
    holdsSession(cookies) {
      const held = (cookies ?? '').split(';').map((cookie) => cookie.trim().split('='))
      return held.some(([key, value]) => key === name && value !== undefined && isSame(value, session))
    },
  }
}

const secret = (): string => randomBytes(32).toString('base64url')

/** Takes as long for a near miss as for a far one. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
