import type { ProblemReport } from '../../preload/contract/problem.ts'
import { isAbort, toReport, wasAnswered } from './problem.ts'

/** Between two tries to open a stream again. Short: the call itself fails at once while the core is away. */
const retryMs = 500

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}

/**
 * Follows a stream that has no end of its own until the signal aborts, and opens it again whenever the core was lost.
 * Returns the problem with which the core refused it, or undefined after an abort.
 */
export async function follow<Event>(
  open: (signal: AbortSignal) => Promise<AsyncIterable<Event>>,
  take: (event: Event) => void,
  signal: AbortSignal,
): Promise<ProblemReport | undefined> {
  while (!signal.aborted) {
    try {
      for await (const event of await open(signal)) {
        if (signal.aborted) return undefined
        take(event)
      }
    } catch (error) {
      if (isAbort(error, signal)) return undefined
      if (wasAnswered(error)) return toReport(error)
    }
    await pause(retryMs, signal)
  }
  return undefined
}
