import type { Change, Comparison, ConnectivityReport, Result } from '../../../preload/contract/connectivity.ts'
import { cellKey, rank, vantageKey } from './verdicts.ts'
import { saysChange, saysOtherWay } from './words.ts'

/** The worst first. */
const order: readonly Change['kind'][] = ['broke', 'worse', 'appeared', 'other-cause', 'gone', 'better', 'mended']

/**
 * What became of every endpoint from every vantage between two runs. Only vantages that both runs looked from are compared:
 * a column that was not asked for, or could not be looked from, is no change of the network. Pure.
 */
export function compare(before: ConnectivityReport, after: ConnectivityReport): Comparison {
  const shared = sharedVantages(before, after)
  const inScope = ({ results }: ConnectivityReport): Map<string, Result> =>
    new Map(
      results
        .filter(({ vantage, verdict }) => shared.has(vantageKey(vantage)) && verdict !== 'skipped')
        .map((result) => [cellKey(result), result]),
    )
  const [old, now] = [inScope(before), inScope(after)]
  const pairs = [...new Set([...now.keys(), ...old.keys()])].map((key) => [old.get(key), now.get(key)] as const)
  const changes = pairs.flatMap(([one, other]) => changeOf(one, other) ?? [])
  return {
    before: { runId: before.runId, startedAt: before.startedAt },
    after: { runId: after.runId, startedAt: after.startedAt },
    changes: changes.sort(worstFirst),
    unchanged: pairs.length - changes.length,
  }
}

/** Whether the network did something that a person should hear of: not rows that came or went, and not a way that differs. */
export const isNews = ({ kind, before, after }: Change): boolean =>
  kind !== 'appeared' && kind !== 'gone' && (before?.verdict !== after?.verdict || before?.cause !== after?.cause)

function sharedVantages(before: ConnectivityReport, after: ConnectivityReport): ReadonlySet<string> {
  const looked = ({ vantages, results }: ConnectivityReport): Set<string> => {
    const all = new Set(results.map(({ vantage }) => vantageKey(vantage)))
    for (const { vantage, state } of vantages) if (state === 'failed') all.delete(vantageKey(vantage))
    return all
  }
  return looked(before).intersection(looked(after))
}

const judged = ({ verdict, cause }: Result): Change['before'] => ({ verdict, cause })

function changeOf(before: Result | undefined, after: Result | undefined): Change | undefined {
  const { endpoint, vantage } = (after ?? before) as Result // a pair has one of them at least
  const of = (kind: Change['kind'], says: string): Change => ({
    endpoint,
    vantage,
    kind,
    before: before === undefined ? null : judged(before),
    after: after === undefined ? null : judged(after),
    says,
  })
  if (before === undefined || after === undefined)
    return of(before === undefined ? 'appeared' : 'gone', saysChange(before, after))
  if (before.verdict === after.verdict && before.cause === after.cause) {
    const says = saysOtherWay(before, after)
    return says === '' ? undefined : of('other-cause', says)
  }
  return of(kindOf(before, after), saysChange(before, after))
}

function kindOf(before: Result, after: Result): Change['kind'] {
  const [from, to] = [rank(before.verdict), rank(after.verdict)]
  const worked = (at: number): boolean => at <= rank('warn')
  if (worked(from) && after.verdict === 'fail') return 'broke'
  if (before.verdict === 'fail' && worked(to)) return 'mended'
  return from === to ? 'other-cause' : to > from ? 'worse' : 'better'
}

const badness = ({ after }: Change): number => (after === null ? -1 : rank(after.verdict))

function worstFirst(one: Change, other: Change): number {
  return order.indexOf(one.kind) - order.indexOf(other.kind) || badness(other) - badness(one)
}
