/** npm and npx forward Ctrl-C to a program that also gets it from the terminal: signals this close count as one. */
const sameMs = 500

/**
 * Aborts on the first of these signals to this process. `again` is called when the user interrupts a second time; without
 * it, further signals have no effect.
 */
export function interruptSignal(
  names: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'],
  again: () => void = () => undefined,
): AbortSignal {
  const first = new AbortController()
  let firstMs = 0
  const stop = (): void => {
    if (first.signal.aborted) {
      if (performance.now() - firstMs > sameMs) again()
      return
    }
    firstMs = performance.now()
    first.abort()
  }
  for (const name of names) process.on(name, stop)
  return first.signal
}
