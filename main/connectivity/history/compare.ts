import type { Change, Comparison, ConnectivityReport, Result } from '../../../preload/contract/connectivity.ts'
import { cellKey, vantageKey } from '../../../preload/vantages.ts'
import { severityOf } from '../../../preload/verdicts.ts'
import { isJudged, isLimited, isOfVantage } from './verdicts.ts'
import { changeMessage, changeOfRoute } from './words.ts'

/** The worst first. */
const order: readonly Change['kind'][] = ['broke', 'worse', 'added', 'other-cause', 'removed', 'better', 'recovered']

/**
 * What changed for every endpoint and vantage between two runs. Only vantages that both runs used are compared, and only
 * endpoints about which both have a result: what could not be checked is no change of the network. Pure.
 */
export function compare(before: ConnectivityReport, after: ConnectivityReport): Comparison {
  const [old, now] = [cellsOf(before), cellsOf(after)]
  const keys = [...new Set([...now.judged.keys(), ...old.judged.keys()])].filter(
    (key) => !old.unknown.has(key) && !now.unknown.has(key),
  )
  const pairs = keys
    .map((key) => [old.judged.get(key), now.judged.get(key)] as const)
    .filter((pair) => pair.every((one) => one === undefined || isShared(one, old, now)))
  const changes = pairs.flatMap(([one, other]) => changeOf(one, other) ?? [])
  return {
    before: { runId: before.runId, startedAt: before.startedAt },
    after: { runId: after.runId, startedAt: after.startedAt },
    changes: changes.sort(worstFirst),
    unchanged: pairs.length - changes.length,
  }
}

/**
 * Whether a change is worth a notification: not endpoints that were added or removed, not another route, and not what a vantage
 * was able to check.
 */
export function isNews({ kind, before, after }: Change): boolean {
  if (before === null || after === null || kind === 'added' || kind === 'removed') return false
  if (before.verdict === after.verdict && before.cause === after.cause) return false
  const failed = before.verdict === 'fail' || after.verdict === 'fail'
  return failed || !(isLimited(before.cause) || isLimited(after.cause))
}

interface Cells {
  readonly judged: ReadonlyMap<string, Result>
  /** Cells of which nothing could be found out. */
  readonly unknown: ReadonlySet<string>
  readonly vantages: ReadonlySet<string>
}

function cellsOf({ results }: ConnectivityReport): Cells {
  const ofVantage = results.filter(({ cause }) => isOfVantage(cause))
  const looked = results.filter(({ cause }) => !isOfVantage(cause))
  return {
    judged: new Map(looked.filter(isJudged).map((result) => [cellKey(result), result])),
    unknown: new Set(ofVantage.map(cellKey)),
    vantages: new Set(looked.map(({ vantage }) => vantageKey(vantage))),
  }
}

const isShared = ({ vantage }: Result, ...cells: readonly Cells[]): boolean =>
  cells.every(({ vantages }) => vantages.has(vantageKey(vantage)))

const judged = ({ verdict, cause }: Result): Change['before'] => ({ verdict, cause })

function changeOf(before: Result | undefined, after: Result | undefined): Change | undefined {
  const { endpoint, vantage } = (after ?? before) as Result // a pair has one of them at least
  const of = (kind: Change['kind'], says: string): Change => ({
    endpoint,
    vantage,
    kind,
    before: before === undefined ? null : judged(before),
    after: after === undefined ? null : judged(after),
    message: says,
  })
  if (before === undefined || after === undefined)
    return of(before === undefined ? 'added' : 'removed', changeMessage(before, after))
  if (before.verdict === after.verdict && before.cause === after.cause) {
    const says = changeOfRoute(before, after)
    return says === '' ? undefined : of('other-cause', says)
  }
  return of(kindOf(before, after), changeMessage(before, after))
}

function kindOf(before: Result, after: Result): Change['kind'] {
  const [from, to] = [severityOf(before.verdict), severityOf(after.verdict)]
  const worked = (at: number): boolean => at <= severityOf('warn')
  if (worked(from) && after.verdict === 'fail') return 'broke'
  if (before.verdict === 'fail' && worked(to)) return 'recovered'
  return from === to ? 'other-cause' : to > from ? 'worse' : 'better'
}

const badness = ({ after }: Change): number => (after === null ? -1 : severityOf(after.verdict))

function worstFirst(one: Change, other: Change): number {
  return order.indexOf(one.kind) - order.indexOf(other.kind) || badness(other) - badness(one)
}
