import type { ProblemReport } from '../../preload/contract/problem.ts'
import { pause } from './pause.ts'
import { isAbort, isResponse, toReport } from './problem.ts'

/** Between two attempts to reopen a stream. Short, because the call fails immediately without a connection. */
const retryMs = 500

/**
 * Follows a stream until the signal aborts, and reopens it after each loss of the connection to the core.
 * Returns the problem with which the core rejected the stream, or undefined after an abort.
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
      if (isResponse(error)) return toReport(error)
    }
    await pause(retryMs, signal)
  }
  return undefined
}
