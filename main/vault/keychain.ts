import { setTimeout as delay } from 'node:timers/promises'

/** The system's keychain: a few secrets by account. Each call may prompt the user, and fails where there is no keychain. */
export interface Keychain {
  read(account: string): Promise<string | undefined>
  write(account: string, secret: string): Promise<void>
  remove(account: string): Promise<void>
}

/** A keychain responds at once, unless it prompts the user to unlock it. */
const responseLimitMs = 60_000
/** Without a session bus, libsecret may wait for one to start: that counts as no keychain. */
const probeLimitMs = 4_000

export function systemKeychain(service: string): Keychain {
  const load = async () => (await import('keytar')).default
  return {
    read: async (account) =>
      (await limited((await load()).getPassword(service, account), responseLimitMs)) ?? undefined,
    write: async (account, secret) => limited((await load()).setPassword(service, account, secret), responseLimitMs),
    remove: async (account) => void (await limited((await load()).deletePassword(service, account), responseLimitMs)),
  }
}

/** Why the keychain cannot be used, in a sentence; undefined where it can. */
export async function keychainFault(keychain: Keychain): Promise<string | undefined> {
  try {
    // A read of an unknown account reaches the service too.
    await limited(keychain.read('probe'), probeLimitMs)
    return undefined
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : ''
    return `The system's keychain does not respond${reason ? ` (${reason})` : ''}.`
  }
}

async function limited<T>(response: Promise<T>, limitMs: number): Promise<T> {
  const stop = new AbortController()
  const timeout = delay(limitMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`no response within ${limitMs / 1_000} s`)
  })
  timeout.catch(() => undefined) // stopped below
  try {
    return await Promise.race([response, timeout])
  } finally {
    stop.abort()
  }
}
