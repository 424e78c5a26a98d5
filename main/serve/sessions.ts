import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Hello, Welcome } from '../../preload/browser-session.ts'
import { type CallLimits, createCallLimits } from './call-limits.ts'

/** An address that nobody opens stops working after this. */
const tokenLifetimeMs = 15 * 60_000

/** Time without an action of the user: longer than an incident's meeting, shorter than a night. Streams do not count. */
const idleLimitMs = 8 * 3_600_000

/** A session ends after a day even if it is used all the time. */
const ageLimitMs = 24 * 3_600_000

type SessionEnd = 'signedOut' | 'expired'

/** What one sign-in may do: a tab, its reloads, and its duplicates. */
export interface Session {
  readonly limits: CallLimits
  /** Aborted with a `SessionEnd` as its reason. */
  readonly ended: AbortSignal
  /** Restarts the idle time. */
  recordUse(): void
  end(reason: SessionEnd): void
}

export interface Sessions {
  /** A token of 256 random bits, which works once. The one before it stops working. */
  createToken(): string
  /** The session of the key, else a new one for the token. The reason for a refusal names the credential that failed. */
  signIn(hello: Hello): { readonly session: Session; readonly welcome: Welcome } | 'unknown' | 'tokenUsed'
  /** Ends the sessions that are idle or too old. Call it periodically: a timer per session would miss a suspended computer. */
  endExpired(): void
}

interface Entry extends Session {
  readonly keyDigest: Buffer
  readonly welcome: Welcome
  readonly createdAt: number
  usedAt: number
}

/** `now`: the wall clock in ms, which continues while the computer is suspended. */
export function createSessions(now: () => number = Date.now): Sessions {
  const entries = new Set<Entry>()
  let token: { readonly digest: Buffer; readonly expiresAt: number } | undefined

  const open = (): Entry => {
    const ended = new AbortController()
    const welcome = { key: secret(), proof: secret() }
    const entry: Entry = {
      keyDigest: digest(welcome.key),
      welcome,
      createdAt: now(),
      usedAt: now(),
      limits: createCallLimits(),
      ended: ended.signal,
      recordUse() {
        entry.usedAt = now()
      },
      end(reason) {
        entries.delete(entry)
        ended.abort(reason)
      },
    }
    entries.add(entry)
    return entry
  }

  const endExpired = (): void => {
    for (const entry of entries) if (isExpired(entry, now())) entry.end('expired')
  }

  return {
    createToken() {
      const text = secret()
      token = { digest: digest(text), expiresAt: now() + tokenLifetimeMs }
      return text
    },
    signIn(hello) {
      endExpired()
      const { key } = hello
      const known = key === undefined ? undefined : [...entries].find(({ keyDigest }) => isSame(key, keyDigest))
      if (known !== undefined) return { session: known, welcome: known.welcome }
      if (hello.token === undefined) return 'unknown'
      if (token === undefined || now() >= token.expiresAt || !isSame(hello.token, token.digest)) return 'tokenUsed'
      token = undefined
      const session = open()
      return { session, welcome: session.welcome }
    },
    endExpired,
  }
}

export function isExpired(times: { readonly createdAt: number; readonly usedAt: number }, now: number): boolean {
  return now - times.usedAt >= idleLimitMs || now - times.createdAt >= ageLimitMs
}

const secret = (): string => randomBytes(32).toString('base64url')

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Compares in constant time. */
const isSame = (given: string, expected: Buffer): boolean => timingSafeEqual(digest(given), expected)
