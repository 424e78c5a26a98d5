import type { LogPattern } from '../../../preload/contract/logs.ts'

/** By which factor a rate has to change. */
const leastFactor = 2
/** By how many standard deviations of a Poisson distribution a count has to differ from the expected one. */
const leastDeviations = 3
/** With fewer expected lines, none at all is nothing unusual: their probability is e^-3, or 5 %. */
const leastExpectedOfGone = 3

/**
 * How a count compares with one of another time. `share`: the length of this time divided by that of the other one. Small
 * counts vary by chance, and are steady. Pure.
 */
export function changeOf(now: number, before: number, share: number): LogPattern['change'] {
  const expected = before * share
  if (before === 0) return now > 0 ? 'new' : 'steady'
  if (now === 0) return expected >= leastExpectedOfGone ? 'gone' : 'steady'
  const least = leastDeviations * Math.sqrt(Math.max(expected, 1))
  if (now >= leastFactor * expected && now - expected >= least) return 'risen'
  if (now * leastFactor <= expected && expected - now >= least) return 'fallen'
  return 'steady'
}
