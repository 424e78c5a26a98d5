import { AsyncLocalStorage } from 'node:async_hooks'

type Ending = () => Promise<void> | void
type Register = (end: Ending) => void

const lifetimes = new AsyncLocalStorage<Register>()
/** In the test runner a server ends with its test; the benchmark has no such hook. */
const byTest: Register | undefined =
  process.env.VITEST === undefined ? undefined : (await import('vitest')).onTestFinished

/** Runs `act`. The servers that it starts end after it, the last one first. Can run concurrently. */
export async function withLifetime<T>(act: () => Promise<T>): Promise<T> {
  const endings: Ending[] = []
  try {
    return await lifetimes.run((end) => void endings.push(end), act)
  } finally {
    for (const end of endings.reverse()) await end()
  }
}

/** Registers the end of a server. Throws outside of a lifetime, where it would never be called. */
export function onEnd(end: Ending): void {
  const register = lifetimes.getStore() ?? byTest
  if (register === undefined) throw new Error('A server was started outside of a lifetime.')
  register(end)
}
