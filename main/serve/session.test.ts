import { expect, it } from 'vitest'
import { createSession } from './session.ts'

it('gives the session to the first request with the token, and to no later one', () => {
  const session = createSession(4_711)

  expect(session.exchangeToken('wrong')).toBeUndefined()
  const cookie = session.exchangeToken(session.token) ?? ''
  expect(cookie).toMatch(/^hangar-4711=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
  expect(session.exchangeToken(session.token)).toBeUndefined()

  const [pair = ''] = cookie.split(';')
  expect(session.holdsSession(`other=1; ${pair}`)).toBe(true)
  expect(session.holdsSession(`${pair}x`)).toBe(false)
  expect(session.holdsSession('hangar-4711=')).toBe(false)
  expect(session.holdsSession(pair.replace('4711', '4712'))).toBe(false)
  expect(session.holdsSession(undefined)).toBe(false)
  expect(cookie).not.toContain(session.token)
})
