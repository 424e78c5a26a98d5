import { type Case, isHeavy, type Setup } from '../../connectivity/cases/case.ts'
import { missingNeeds } from '../../connectivity/cases/machine.ts'
import { endPeers } from '../../connectivity/cases/peers.ts'
import { caseLimitMs, checkFrom, checkInput, withSetup } from '../../connectivity/cases/run.ts'
import { verdictOf } from '../../connectivity/cases/run-check.ts'
import { cases } from '../../connectivity/cases/table.ts'
import type { Row } from '../benchmark.ts'
import { baselines, passes } from './baselines.ts'

/** Cases that run at once: most of their time is waiting, except for servers that are real programs. */
const lightAtOnce = 4
const heavyAtOnce = 2

/** The verdict of one subject on one case. */
interface Said {
  readonly one: Case
  /** `pass` and `fail` are decisions; only Hangar has `warn` and `unknown`. */
  readonly verdict: string
  /** Only of Hangar. */
  readonly cause: string
}

type Ask = (one: Case, setUp: Setup, signal: AbortSignal) => Promise<Omit<Said, 'one'>>

const hangar: Ask = async (_one, setUp, signal) => {
  const { result } = await checkFrom(setUp, signal)
  const [verdict = '', cause = ''] = verdictOf(result).split(' ')
  return { verdict, cause }
}

/** Each subject gets a new set-up of each case. */
async function checkAll(ask: Ask, signal: AbortSignal): Promise<readonly Said[]> {
  const able = cases.filter((one) => missingNeeds(one) === '')
  const heard: Said[] = []
  const lane = async (queue: Case[]): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      signal.throwIfAborted()
      const limit = AbortSignal.any([signal, AbortSignal.timeout(caseLimitMs)])
      const asked = one
      heard.push({ one: asked, ...(await withSetup(asked, (setUp) => ask(asked, setUp, limit))) })
    }
  }
  const lanes = (count: number, queue: Case[]): Promise<void>[] => Array.from({ length: count }, () => lane(queue))
  const [light, heavy] = [able.filter((one) => !isHeavy(one)), able.filter(isHeavy)]
  await Promise.all([...lanes(lightAtOnce, light), ...lanes(heavyAtOnce, heavy)])
  return heard
}

const rowsOf = (subject: string, heard: readonly Said[], goal: boolean): Row[] => {
  const works = heard.filter(({ one }) => one.works)
  const broken = heard.filter(({ one }) => !one.works)
  const count = (metric: string, list: readonly Said[], goals: number | undefined): Row => {
    for (const { one, verdict, cause } of goal ? list : [])
      console.error(`${metric}: ${one.name} is ${verdict} ${cause}, and ought to be ${one.expected}`)
    return {
      metric,
      subject,
      unit: 'cases',
      value: list.length,
      ...(goal && goals !== undefined ? { goal: goals } : {}),
    }
  }
  const is =
    (verdict: string) =>
    (each: Said): boolean =>
      each.verdict === verdict
  return [
    count(`false passes, of ${broken.length} that do not work`, broken.filter(is('pass')), 1),
    count(`false fails, of ${works.length} that work`, works.filter(is('fail')), 1),
  ]
}

/**
 * Question: of servers that are known to work or not to work for the component, how many get a false pass, a false fail,
 * or a wrong cause?
 * Corpus: the table of cases of `test/connectivity/cases`.
 * Bias: against the rules, because most cases are faults that are hard to distinguish; against Hangar, because a correct
 * warning counts for neither. Warnings have an endpoint of their own.
 */
export async function verdicts(signal: AbortSignal): Promise<Row[]> {
  try {
    const ours = await checkAll(hangar, signal)
    const rows = rowsOf('Hangar', ours, true)
    const wrong = ours.filter(({ one, verdict, cause }) => `${verdict} ${cause}`.trim() !== one.expected)
    for (const { one, verdict, cause } of wrong)
      console.error(`wrong: ${one.name} is ${verdict} ${cause}, and ought to be ${one.expected}`)
    rows.push({
      metric: `wrong causes, of ${ours.length}`,
      subject: 'Hangar',
      unit: 'cases',
      value: wrong.length,
      goal: 1,
    })
    const warned = ours.filter(({ one, verdict }) => !one.works && verdict === 'warn')
    rows.push({
      metric: 'warned of only, though they do not work',
      subject: 'Hangar',
      unit: 'cases',
      value: warned.length,
    })
    const undecided = ours.filter(({ verdict }) => verdict === 'unknown')
    rows.push({ metric: 'verdict unknown', subject: 'Hangar', unit: 'cases', value: undecided.length })
    for (const baseline of baselines) {
      const heard = await checkAll(async (_one, setUp, limit) => {
        const good = await passes(baseline, setUp, await checkInput(setUp), limit)
        return { verdict: good ? 'pass' : 'fail', cause: '' }
      }, signal)
      rows.push(...rowsOf(baseline.subject, heard, false))
    }
    return rows
  } finally {
    await endPeers()
  }
}
