import type { Change, Comparison, ConnectivityReport, Result } from '../../../preload/contract/connectivity.ts'
import { cellKey, vantageKey } from '../../../preload/vantages.ts'
import { severityOf } from '../../../preload/verdicts.ts'
import { isJudged, isLimited, isOfVantage } from './verdicts.ts'
import { changeMessage, changeOfRoute } from './words.ts'

/** Worst first. */
const order: readonly Change['kind'][] = ['broke', 'worse', 'added', 'other-cause', 'removed', 'better', 'recovered']

/**
 * What changed for every endpoint and vantage between two runs. Only vantages that both runs used are compared, and only
 * endpoints about which both have a result: an endpoint that could not be checked is not a change. Pure.
 */
export function compare(before: ConnectivityReport, after: ConnectivityReport): Comparison {
  const [earlier, later] = [cellsOf(before), cellsOf(after)]
  const keys = [...new Set([...later.judged.keys(), ...earlier.judged.keys()])].filter(
    (key) => !earlier.unknown.has(key) && !later.unknown.has(key),
  )
  const pairs = keys
    .map((key) => [earlier.judged.get(key), later.judged.get(key)] as const)
    .filter((pair) => pair.every((result) => result === undefined || isShared(result, earlier, later)))
  const changes = pairs.flatMap(([was, is]) => changeOf(was, is) ?? [])
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
  /** Cells that the vantage could not check. */
  readonly unknown: ReadonlySet<string>
  readonly vantages: ReadonlySet<string>
}

function cellsOf({ results }: ConnectivityReport): Cells {
  const ofVantage = results.filter(({ cause }) => isOfVantage(cause))
  const checked = results.filter(({ cause }) => !isOfVantage(cause))
  return {
    judged: new Map(checked.filter(isJudged).map((result) => [cellKey(result), result])),
    unknown: new Set(ofVantage.map(cellKey)),
    vantages: new Set(checked.map(({ vantage }) => vantageKey(vantage))),
  }
}

const isShared = ({ vantage }: Result, ...cells: readonly Cells[]): boolean =>
  cells.every(({ vantages }) => vantages.has(vantageKey(vantage)))

const judged = ({ verdict, cause }: Result): Change['before'] => ({ verdict, cause })

function changeOf(before: Result | undefined, after: Result | undefined): Change | undefined {
  const { endpoint, vantage } = (after ?? before) as Result // a pair has at least one result
  const of = (kind: Change['kind'], message: string): Change => ({
    endpoint,
    vantage,
    kind,
    before: before === undefined ? null : judged(before),
    after: after === undefined ? null : judged(after),
    message,
  })
  if (before === undefined || after === undefined)
    return of(before === undefined ? 'added' : 'removed', changeMessage(before, after))
  if (before.verdict === after.verdict && before.cause === after.cause) {
    const message = changeOfRoute(before, after)
    return message === '' ? undefined : of('other-cause', message)
  }
  return of(kindOf(before, after), changeMessage(before, after))
}

function kindOf(before: Result, after: Result): Change['kind'] {
  const [from, to] = [severityOf(before.verdict), severityOf(after.verdict)]
  const worked = (severity: number): boolean => severity <= severityOf('warn')
  if (worked(from) && after.verdict === 'fail') return 'broke'
  if (before.verdict === 'fail' && worked(to)) return 'recovered'
  return from === to ? 'other-cause' : to > from ? 'worse' : 'better'
}

const badness = ({ after }: Change): number => (after === null ? -1 : severityOf(after.verdict))

function worstFirst(a: Change, b: Change): number {
  return order.indexOf(a.kind) - order.indexOf(b.kind) || badness(b) - badness(a)
}
