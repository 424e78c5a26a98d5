import type { IncomingHttpHeaders } from 'node:http'

/** Why a request is not answered: the status, and one sentence that says no more than a stranger may know. */
export interface Refusal {
  readonly status: 400 | 403 | 405 | 421
  readonly reason: string
}

/** What is looked at of a request before anything else is. */
export interface Asked {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** An upgrade to a WebSocket: no browser sends one without its page's origin. */
  readonly upgrade: boolean
}

/**
 * Guards against other pages in the same browser. The name that was asked for must be this computer's own: a stranger's
 * name that resolves to 127.0.0.1 is DNS rebinding. A page of another origin may not ask at all, whatever it carries.
 * Undefined when the request may go on, to where the session is checked.
 */
export function refuse({ method, headers, upgrade }: Asked, port: number): Refusal | undefined {
  const host = headers.host?.toLowerCase()
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    return { status: 421, reason: 'Hangar answers to the name 127.0.0.1 alone.' }
  }
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, reason: 'Hangar is only read here.' }
  const origin = headers.origin?.toLowerCase()
  if (origin === undefined ? upgrade : origin !== `http://${host}`) {
    return { status: 403, reason: 'Hangar answers to its own page alone.' }
  }
  // Sent by every current browser, and not by what is no browser. A person's own navigation says "none".
  const site = headers['sec-fetch-site']
  const followsLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !(followsLink && !upgrade)) {
    return { status: 403, reason: 'Hangar answers to its own page alone.' }
  }
  return undefined
}
