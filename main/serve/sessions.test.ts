import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createSessions, isExpired, type Session } from './sessions.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** Sessions on a clock that the test moves. */
function start() {
  const clock = { now: 1_000_000 }
  return { clock, sessions: createSessions(() => clock.now) }
}

function opened(outcome: ReturnType<ReturnType<typeof createSessions>['signIn']>): {
  session: Session
  key: string
  proof: string
} {
  if (typeof outcome === 'string') throw new Error(outcome)
  return { session: outcome.session, ...outcome.welcome }
}

describe('a token', () => {
  it('opens one session, and only one', () => {
    const { sessions } = start()
    const token = sessions.createToken()

    const { key, proof } = opened(sessions.signIn({ token }))

    expect([token, key, proof].map((text) => text.length)).toEqual([43, 43, 43])
    expect(new Set([token, key, proof]).size).toBe(3)
    expect(sessions.signIn({ token })).toBe('tokenUsed')
  })

  it('is not used up by a wrong one', () => {
    const { sessions } = start()
    const token = sessions.createToken()

    expect(sessions.signIn({ token: `${token}x` })).toBe('tokenUsed')
    expect(sessions.signIn({ token })).toHaveProperty('session')
  })

  it('expires after 15 minutes', () => {
    const { sessions, clock } = start()
    const token = sessions.createToken()
    clock.now += 15 * minuteMs

    expect(sessions.signIn({ token })).toBe('tokenUsed')
  })

  it('is replaced by the next one, which ends no session', () => {
    const { sessions } = start()
    const { session } = opened(sessions.signIn({ token: sessions.createToken() }))
    const [first, second] = [sessions.createToken(), sessions.createToken()]

    expect(sessions.signIn({ token: first })).toBe('tokenUsed')
    expect(opened(sessions.signIn({ token: second })).session).not.toBe(session)
    expect(session.ended.aborted).toBe(false)
  })

  it('stays unused by a window that still has a session', () => {
    const { sessions } = start()
    const { key, session } = opened(sessions.signIn({ token: sessions.createToken() }))
    const token = sessions.createToken()

    expect(opened(sessions.signIn({ key, token })).session).toBe(session)
    expect(opened(sessions.signIn({ token })).session).not.toBe(session)
  })
})

describe('a key', () => {
  it('opens its session again, with the same proof', () => {
    const { sessions } = start()
    const first = opened(sessions.signIn({ token: sessions.createToken() }))

    expect(opened(sessions.signIn({ key: first.key }))).toEqual(first)
  })

  it.each(['', 'guess'])('"%s" that the host did not give opens nothing', (key) => {
    const { sessions } = start()
    opened(sessions.signIn({ token: sessions.createToken() }))

    expect(sessions.signIn({ key })).toBe('unknown')
    expect(sessions.signIn({})).toBe('unknown')
  })

  it('opens nothing after the session has ended', () => {
    const { sessions } = start()
    const { key, session } = opened(sessions.signIn({ token: sessions.createToken() }))
    session.end('signedOut')

    expect(sessions.signIn({ key })).toBe('unknown')
    expect(session.ended.reason).toBe('signedOut')
  })
})

describe('expiry', () => {
  it.each([
    ['used a moment ago', { createdAt: 0, usedAt: 10 * hourMs }, false],
    ['idle for 8 hours', { createdAt: 0, usedAt: 2 * hourMs }, true],
    ['a day old, in use', { createdAt: -14 * hourMs, usedAt: 10 * hourMs }, true],
  ])('of a session that is %s', (_state, times, expired) => {
    expect(isExpired(times, 10 * hourMs)).toBe(expired)
  })

  it('ends the session, which its actions have postponed', () => {
    const { sessions, clock } = start()
    const { session, key } = opened(sessions.signIn({ token: sessions.createToken() }))
    clock.now += 7 * hourMs
    session.recordUse()
    clock.now += 7 * hourMs
    sessions.endExpired()
    expect(session.ended.aborted).toBe(false)

    clock.now += hourMs
    sessions.endExpired()

    expect(session.ended.reason).toBe('expired')
    expect(sessions.signIn({ key })).toBe('unknown')
  })

  it('is noticed by a sign-in before the periodic check, as after a suspend', () => {
    const { sessions, clock } = start()
    const { key } = opened(sessions.signIn({ token: sessions.createToken() }))
    clock.now += 8 * hourMs

    expect(sessions.signIn({ key })).toBe('unknown')
  })
})

it('compares tokens and keys in constant time', () => {
  const { timingSafeEqual } = crypto
  const counted = vi.fn(timingSafeEqual)
  const replaceWith = (compare: typeof timingSafeEqual): void => {
    crypto.timingSafeEqual = compare
    syncBuiltinESMExports()
  }
  replaceWith(counted)
  onTestFinished(() => replaceWith(timingSafeEqual))
  const { sessions } = start()

  const { key } = opened(sessions.signIn({ token: sessions.createToken() }))
  expect(counted).toHaveBeenCalledTimes(1)
  sessions.signIn({ key })
  expect(counted).toHaveBeenCalledTimes(2)
})
