import type { IncomingHttpHeaders } from 'node:http'

/** Why a request is refused: the status, and a sentence that reveals nothing about the app. */
export interface Refusal {
  readonly status: 400 | 403 | 405 | 421
  readonly reason: string
}

/** What is checked of a request before anything else. */
export interface IncomingRequest {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** An upgrade to a WebSocket. Browsers always send the origin of the page with it. */
  readonly upgrade: boolean
}

/**
 * Protects against other pages in the same browser. The Host header must be 127.0.0.1 or localhost: another name that
 * resolves to 127.0.0.1 is DNS rebinding. A page of another origin is refused, also with a valid session.
 * Undefined when the request is accepted; the session is checked next.
 */
export function refuse({ method, headers, upgrade }: IncomingRequest, port: number): Refusal | undefined {
  const host = headers.host?.toLowerCase()
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    return { status: 421, reason: 'Hangar is only available at 127.0.0.1.' }
  }
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, reason: 'Only GET and HEAD are allowed.' }
  const origin = headers.origin?.toLowerCase()
  if (origin === undefined ? upgrade : origin !== `http://${host}`) {
    return { status: 403, reason: 'Hangar only accepts requests of its own page.' }
  }
  // Every current browser sends it; other clients do not. It is "none" when the person entered the address.
  const site = headers['sec-fetch-site']
  const followsLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !(followsLink && !upgrade)) {
    return { status: 403, reason: 'Hangar only accepts requests of its own page.' }
  }
  return undefined
}
