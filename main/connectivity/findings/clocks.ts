import type { Finding, Result, Vantage } from '../../../preload/contract/connectivity.ts'
import { vantageInSentence, vantageKey } from '../../../preload/vantages.ts'
import { causes } from '../probe/causes.ts'
import { evidence } from '../probe/evidence.ts'
import { clockDriftMs, clockSkewMs } from '../probe/limits.ts'

/** With fewer answers the wrong clock cannot be identified. */
const answersNeeded = 3
/** HTTP dates have whole seconds, and responses take time: clocks within this difference agree. */
const agreeMs = 15_000

interface Dated {
  readonly result: Result
  /** How far the server's clock is ahead of the vantage's clock. */
  readonly offsetMs: number
}

function dated(result: Result): Dated | undefined {
  const { clockOffsetMs } = result.facts
  return clockOffsetMs === null ? undefined : { result, offsetMs: clockOffsetMs }
}

/**
 * Which clock is wrong, for each vantage: if most servers agree with one another, they are right. With fewer than three answers
 * there is no finding. Pure.
 */
export function clocks(results: readonly Result[]): Finding[] {
  const byVantage = Map.groupBy(results, ({ vantage }) => vantageKey(vantage))
  return [...byVantage.values()].flatMap((ofVantage) => {
    const answers = ofVantage.map(dated).filter((answer) => answer !== undefined)
    const [first] = answers
    if (first === undefined || answers.length < answersNeeded) return []
    const median =
      answers.map(({ offsetMs }) => offsetMs).toSorted((a, b) => a - b)[Math.floor(answers.length / 2)] ?? 0
    const agreeing = answers.filter(({ offsetMs }) => Math.abs(offsetMs - median) <= agreeMs)
    if (agreeing.length < answersNeeded || 2 * agreeing.length <= answers.length) return []
    return Math.abs(median) >= clockDriftMs
      ? [vantageClock(first.result.vantage, agreeing, answers.length, median)]
      : serverClocks(first.result.vantage, agreeing.length, answers)
  })
}

function vantageClock(vantage: Vantage, agreeing: readonly Dated[], answered: number, offsetMs: number): Finding {
  const deviation = `${Math.round(Math.abs(offsetMs) / 1_000)} s ${offsetMs > 0 ? 'behind' : 'ahead of'} them`
  const message = `${agreeing.length} of ${answered} answers agree with one another: the clock of ${vantageInSentence(vantage)} is ${deviation}`
  const cause = Math.abs(offsetMs) >= clockSkewMs ? 'clock.skew' : 'clock.drift'
  return findingOf(
    cause,
    vantage,
    agreeing,
    message,
    `Set the clock of ${vantageInSentence(vantage)}: check that its time service (NTP) runs and reaches its servers. ${causes[cause].hint}`,
  )
}

function serverClocks(vantage: Vantage, agreeing: number, answers: readonly Dated[]): Finding[] {
  const deviating = answers.filter(
    ({ result, offsetMs }) => result.cause.startsWith('clock.') && Math.abs(offsetMs) >= clockDriftMs,
  )
  if (deviating.length === 0) return []
  const cause = deviating.some(({ result }) => result.cause === 'clock.skew') ? 'clock.skew' : 'clock.drift'
  const message = `the clock of ${vantageInSentence(vantage)} agrees with ${agreeing} servers: the clock of ${deviating.map(({ result }) => result.endpoint).join(', ')} is wrong`
  return [
    findingOf(
      cause,
      vantage,
      deviating,
      message,
      'Report the clock to the owner of that server. Nothing is wrong on this side.',
    ),
  ]
}

const findingOf = (
  cause: string,
  vantage: Vantage,
  rows: readonly Dated[],
  message: string,
  hint: string,
): Finding => ({
  cause,
  endpoints: rows.map(({ result }) => result.endpoint),
  vantages: [vantage],
  hint,
  evidence: evidence(message),
})
