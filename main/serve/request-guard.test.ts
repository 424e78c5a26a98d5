import { describe, expect, it } from 'vitest'
import { refuse } from './request-guard.ts'

const authority = '127.0.0.1:4711'
const own = { host: '127.0.0.1:4711' }
const request = (headers: Record<string, string>, upgrade = false, method = 'GET') => ({ method, headers, upgrade })

describe('refuse', () => {
  it.each([
    [
      'a user who opens the address',
      request({ ...own, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }),
    ],
    [
      'our page that loads its script',
      request({ ...own, origin: 'http://127.0.0.1:4711', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }),
    ],
    [
      'a link of another site',
      request({ ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }),
    ],
    ['our page that opens its socket', request({ ...own, origin: 'http://127.0.0.1:4711' }, true)],
  ])('accepts %s', (_who, incoming) => {
    expect(refuse(incoming, authority)).toBeUndefined()
  })

  it.each([
    ['a name that was bound to 127.0.0.1 by a stranger', request({ host: 'evil.example:4711' }), 421],
    ['the other name of this computer, where ::1 can be another user', request({ host: 'localhost:4711' }), 421],
    ['a prefetch', request({ ...own, 'sec-purpose': 'prefetch' }), 403],
    ['a prerendered page', request({ ...own, 'sec-purpose': 'prefetch;prerender' }), 403],
    ['a prefetch of an older browser', request({ ...own, purpose: 'prefetch' }), 403],
    ['a preview of Safari', request({ ...own, 'x-purpose': 'preview' }), 403],
    ['another port', request({ host: '127.0.0.1:80' }), 421],
    ['no name at all', request({}), 421],
    ['a name that only begins like ours', request({ host: '127.0.0.1:4711.evil.example' }), 421],
    ['a method that changes something', request(own, false, 'POST'), 405],
    ['a script of another origin', request({ ...own, origin: 'https://evil.example' }), 403],
    ['a page of another port of this computer', request({ ...own, origin: 'http://127.0.0.1:8080' }), 403],
    ['a page without an origin of its own', request({ ...own, origin: 'null' }), 403],
    ['the same name by TLS', request({ ...own, origin: 'https://127.0.0.1:4711' }), 403],
    ['an image on another site', request({ ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }), 403],
    [
      'a frame on another site',
      request({ ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }),
      403,
    ],
    [
      'a page of another port, by its site',
      request({ ...own, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }),
      403,
    ],
    ['a socket without an origin', request(own, true), 403],
    ['a socket of another origin', request({ ...own, origin: 'https://evil.example' }, true), 403],
    ['a socket under the other name of this computer', request({ ...own, origin: 'http://localhost:4711' }, true), 403],
  ])('refuses %s', (_who, incoming, status) => {
    expect(refuse(incoming, authority)?.status).toBe(status)
  })
})
