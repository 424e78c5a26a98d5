import { describe, expect, it } from 'vitest'
import { refuse } from './guard.ts'

const port = 4_711
const own = { host: '127.0.0.1:4711' }
const asked = (headers: Record<string, string>, upgrade = false, method = 'GET') => ({ method, headers, upgrade })

describe('refuse', () => {
  it.each([
    [
      'a person who opens the address',
      asked({ ...own, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }),
    ],
    [
      'our page that loads its script',
      asked({ ...own, origin: 'http://127.0.0.1:4711', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }),
    ],
    ['the other name of this computer', asked({ host: 'localhost:4711' })],
    [
      'a link of another site: it comes without the cookie',
      asked({ ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }),
    ],
    ['our page that opens its socket', asked({ ...own, origin: 'http://127.0.0.1:4711' }, true)],
  ])('lets %s go on', (_who, request) => {
    expect(refuse(request, port)).toBeUndefined()
  })

  it.each([
    ['a name that was bound to 127.0.0.1 by a stranger', asked({ host: 'evil.example:4711' }), 421],
    ['another port', asked({ host: '127.0.0.1:80' }), 421],
    ['no name at all', asked({}), 421],
    ['a name that only begins like ours', asked({ host: '127.0.0.1:4711.evil.example' }), 421],
    ['a method that changes something', asked(own, false, 'POST'), 405],
    ['a script of another origin', asked({ ...own, origin: 'https://evil.example' }), 403],
    ['a page of another port of this computer', asked({ ...own, origin: 'http://127.0.0.1:8080' }), 403],
    ['a page without an origin of its own', asked({ ...own, origin: 'null' }), 403],
    ['the same name by TLS', asked({ ...own, origin: 'https://127.0.0.1:4711' }), 403],
    ['an image on another site', asked({ ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }), 403],
    [
      'a frame on another site',
      asked({ ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }),
      403,
    ],
    [
      'a page of another port, by its site',
      asked({ ...own, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }),
      403,
    ],
    ['a socket without an origin', asked(own, true), 403],
    ['a socket of another origin', asked({ ...own, origin: 'https://evil.example' }, true), 403],
    ['a socket under the other name of this computer', asked({ ...own, origin: 'http://localhost:4711' }, true), 403],
  ])('refuses %s', (_who, request, status) => {
    expect(refuse(request, port)?.status).toBe(status)
  })
})
