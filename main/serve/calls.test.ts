import { implement } from '@orpc/server'
import { expect, it } from 'vitest'
import { userHeader } from '../../preload/browser-session.ts'
import { contract } from '../../preload/contract/index.ts'
import type { App } from '../app.ts'
import { createHandler } from './calls.ts'
import { createSessions } from './sessions.ts'

/** A session on a clock that the test moves, and its calls. */
function start() {
  const clock = { now: 0 }
  const sessions = createSessions(() => clock.now)
  const outcome = sessions.signIn({ token: sessions.createToken() })
  if (typeof outcome === 'string') throw new Error(outcome)
  const os = implement(contract)
  const about = { version: '1', host: 'browser', home: '/', runtime: 'node', platform: 'linux' } as const
  const router = { settings: { about: os.settings.about.handler(() => about) } }
  const handler = createHandler(router as unknown as App['router']) // only what is called here
  const { session } = outcome
  const sent: string[] = []
  const peer = { addEventListener: () => undefined, send: (text: unknown) => sent.push(String(text)) }
  const call = async (headers: Record<string, string> = {}): Promise<unknown> => {
    const message = JSON.stringify({ i: String(sent.length), p: { u: '/settings/about', h: headers } })
    await handler.message(peer, message, { context: { session } })
    return JSON.parse(sent.at(-1) ?? '')
  }
  return { clock, sessions, session, call }
}

it('refuses a call after the session has ended', async () => {
  const { session, call } = start()
  expect(await call()).toMatchObject({ p: { b: { json: { host: 'browser' } } } })

  session.end('expired')

  expect(await call()).toMatchObject({
    p: { b: { json: { code: 'SESSION_ENDED', data: { hint: expect.stringContaining('press Enter') } } } },
  })
})

it('restarts the idle time only with a call of the user', async () => {
  const hourMs = 3_600_000
  const { clock, sessions, session, call } = start()
  clock.now = 7 * hourMs
  await call({ [userHeader]: '1' })
  clock.now = 14 * hourMs
  await call()
  sessions.endExpired()
  expect(session.ended.aborted).toBe(false)

  clock.now = 15 * hourMs
  sessions.endExpired()

  expect(session.ended.reason).toBe('expired')
})
