/**
 * How a window signs in to the browser host. Its first message on the socket is a `Hello`; the host replies with a
 * `Welcome` or closes the socket. Nothing is ambient: no cookie, no header that a browser adds by itself.
 */

/** The path of the window's WebSocket. */
export const socketPath = '/rpc'

/** The name before the single-use token in the fragment of the address, which browsers send to no server. */
export const tokenName = 'token'

/** What the window has: the key of an earlier sign-in, the token of its address, or both. The key is tried first. */
export interface Hello {
  readonly key?: string
  readonly token?: string
}

/**
 * The session. The window presents `key` the next time, and expects `proof` in reply: a program that has taken the port
 * after Hangar ended knows neither, and learns only the key of a host that no longer exists.
 */
export interface Welcome {
  readonly key: string
  readonly proof: string
}

/** Close codes of the WebSocket, from the range for applications (RFC 6455, section 7.4.2). */
export const closeCode = {
  /** From the window: end this session and all its sockets. */
  signOut: 4001,
  /** From the host: another window of this session signed out. */
  signedOut: 4002,
  /** From the host: the session was idle for too long, or reached its age limit. */
  expired: 4003,
  /** From the host: it has no session with this key. */
  unknown: 4004,
  /** From the host: the token was used, has expired or was replaced. */
  tokenUsed: 4005,
} as const

/** The header of a call that follows an action of the user. Only these restart the idle time of the session. */
export const userHeader = 'hangar-user'
