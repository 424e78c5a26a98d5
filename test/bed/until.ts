import { setTimeout as sleep } from 'node:timers/promises'
import { BedProblem } from './bed-problem.ts'

const lookEveryMs = 100

/**
 * Looks again and again until the answer is something other than `undefined` or `false`; a look that throws counts as
 * "not yet". Throws BedProblem with what the last look said once the time is over, or the abort reason.
 */
export const until = async <T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  limitMs: number,
  signal: AbortSignal,
): Promise<T> => {
  const deadline = performance.now() + limitMs
  for (let last: unknown; ; ) {
    signal.throwIfAborted()
    try {
      const found = await look()
      if (found !== undefined && found !== false) return found
      last = undefined
    } catch (error) {
      last = error
    }
    if (performance.now() > deadline) {
      const said = last instanceof Error ? ` It said: ${last.message}` : ''
      throw new BedProblem(`${what} did not happen within ${Math.round(limitMs / 1_000)} s.${said}`)
    }
    await sleep(lookEveryMs, undefined, { signal })
  }
}
