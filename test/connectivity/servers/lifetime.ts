import { AsyncLocalStorage } from 'node:async_hooks'

type Ending = () => Promise<void> | void
type Register = (end: Ending) => void

const lifetimes = new AsyncLocalStorage<Register>()
/** Under the test runner a server lives as long as its test; the benchmark has no such thing. */
const byTest: Register | undefined =
  process.env.VITEST === undefined ? undefined : (await import('vitest')).onTestFinished

/** Runs `act`; what is started in it ends with it, the last started first. Lives may run beside one another. */
export async function withLifetime<T>(act: () => Promise<T>): Promise<T> {
  const endings: Ending[] = []
  try {
    return await lifetimes.run((end) => void endings.push(end), act)
  } finally {
    for (const end of endings.reverse()) await end()
  }
}

/** What a server does at its end. Throws where nobody would call it. */
export function onEnd(end: Ending): void {
  const register = lifetimes.getStore() ?? byTest
  if (register === undefined) throw new Error('a server was started that nobody ends')
  register(end)
}
