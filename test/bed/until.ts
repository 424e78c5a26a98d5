import { setTimeout as sleep } from 'node:timers/promises'
import { BedProblem } from './bed-problem.ts'

const lookEveryMs = 100

/**
 * Repeats a check until it returns something other than `undefined` or `false`; a check that throws counts as "not yet".
 * Throws BedProblem with the error of the last check when the time is over, or the abort reason.
 */
export const until = async <T>(
  what: string,
  check: () => Promise<T | undefined | false>,
  limitMs: number,
  signal: AbortSignal,
): Promise<T> => {
  const deadline = performance.now() + limitMs
  for (let last: unknown; ; ) {
    signal.throwIfAborted()
    try {
      const result = await check()
      if (result !== undefined && result !== false) return result
      last = undefined
    } catch (error) {
      last = error
    }
    if (performance.now() > deadline) {
      const cause = last instanceof Error ? ` The last error: ${last.message}` : ''
      throw new BedProblem(`${what} did not happen within ${Math.round(limitMs / 1_000)} s.${cause}`)
    }
    await sleep(lookEveryMs, undefined, { signal })
  }
}
