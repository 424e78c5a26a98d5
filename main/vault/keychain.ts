import { setTimeout as delay } from 'node:timers/promises'

/** The system's keychain: a few secrets by account. Every call may ask the person, and fails where there is none. */
export interface Keychain {
  read(account: string): Promise<string | undefined>
  write(account: string, secret: string): Promise<void>
  remove(account: string): Promise<void>
}

/** A keychain that answers does so at once, unless it asks the person to unlock it. */
const answerLimitMs = 60_000
/** Without a session bus libsecret may wait for one to be started: that is no keychain. */
const probeLimitMs = 4_000

export function systemKeychain(service: string): Keychain {
  const load = async () => (await import('keytar')).default
  return {
    read: async (account) => (await limited((await load()).getPassword(service, account), answerLimitMs)) ?? undefined,
    write: async (account, secret) => limited((await load()).setPassword(service, account, secret), answerLimitMs),
    remove: async (account) => void (await limited((await load()).deletePassword(service, account), answerLimitMs)),
  }
}

/** Why the keychain cannot be used, in a sentence; undefined where it can. */
export async function whyNoKeychain(keychain: Keychain): Promise<string | undefined> {
  try {
    // To read what is not there asks the service all the same.
    await limited(keychain.read('probe'), probeLimitMs)
    return undefined
  } catch (error) {
    const said = error instanceof Error ? error.message.split('\n', 1)[0] : ''
    return `The system's keychain does not answer${said ? ` (${said})` : ''}.`
  }
}

async function limited<T>(answer: Promise<T>, limitMs: number): Promise<T> {
  const stop = new AbortController()
  const late = delay(limitMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`no answer within ${limitMs / 1_000} s`)
  })
  late.catch(() => undefined) // stopped below
  try {
    return await Promise.race([answer, late])
  } finally {
    stop.abort()
  }
}
