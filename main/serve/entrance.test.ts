import { expect, it } from 'vitest'
import { createEntrance } from './entrance.ts'

it('lets in the first who shows the token, and nobody after', () => {
  const entrance = createEntrance(4_711)

  expect(entrance.enter('wrong')).toBeUndefined()
  const cookie = entrance.enter(entrance.token) ?? ''
  expect(cookie).toMatch(/^hangar-4711=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
  expect(entrance.enter(entrance.token)).toBeUndefined()

  const [session = ''] = cookie.split(';')
  expect(entrance.holdsSession(`other=1; ${session}`)).toBe(true)
  expect(entrance.holdsSession(`${session}x`)).toBe(false)
  expect(entrance.holdsSession('hangar-4711=')).toBe(false)
  expect(entrance.holdsSession(session.replace('4711', '4712'))).toBe(false)
  expect(entrance.holdsSession(undefined)).toBe(false)
  expect(cookie).not.toContain(entrance.token)
})
