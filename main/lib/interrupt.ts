/** npm and npx pass Ctrl-C on to a program that the terminal has sent it to as well: signals this close are one. */
const sameMs = 500

/**
 * Aborts on the first of these signals to this process. `again` is called when the person asks a second time; without
 * it, further signals change nothing.
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
