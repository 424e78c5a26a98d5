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
 * Protects against other pages in the same browser. The Host header must be the address: another name that resolves to it
 * is DNS rebinding. Also `localhost` is refused: browsers try [::1] first, where another user can listen on the same port
 * and would share the page's origin and storage. `authority`: `ADDRESS:PORT`. Undefined when the request is accepted.
 */
export function refuse({ method, headers, upgrade }: IncomingRequest, authority: string): Refusal | undefined {
  const host = headers.host?.toLowerCase()
  if (host !== authority) {
    return { status: 421, reason: `Hangar is only available at http://${authority}.` }
  }
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, reason: 'Only GET and HEAD are allowed.' }
  if (isSpeculative(headers)) return { status: 403, reason: 'Hangar does not answer requests that no user made.' }
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

/** A prefetch or a prerendered page, of Chromium, Firefox and Safari. The page would sign in before the user opens it. */
function isSpeculative(headers: IncomingHttpHeaders): boolean {
  const purposes = [headers['sec-purpose'], headers.purpose, headers['x-purpose'], headers['x-moz']]
  return purposes.some((purpose) => purpose !== undefined && /prefetch|prerender|preview/i.test(String(purpose)))
}
