import type { Result, Vantage } from '../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import { fullTime } from '../../lib/time.ts'
import { causeLabel } from '../causeLabel.ts'
import { type Cell, severity } from '../matrix/matrix.ts'
import { fromWhere, inSentence, vantageKey } from '../vantages/vantages.ts'
import { decidingStage, stageTitles } from '../words.ts'

const does: Readonly<Record<Verdict, string>> = {
  pass: 'it passes',
  warn: 'it passes with a warning',
  fail: 'it fails',
  skipped: 'it is not tried',
  unknown: 'nothing is known',
}

/** "this computer, node a and 3 more". */
export function places(vantages: readonly Vantage[]): string {
  const named = vantages.slice(0, 3).map(fromWhere)
  const rest = vantages.length - named.length
  if (rest > 0) return `${named.join(', ')} and ${rest} more`
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`
}

function grouped(results: readonly Result[], key: (result: Result) => string): readonly (readonly Result[])[] {
  return [...Map.groupBy(results, key).values()]
}

const from = (results: readonly Result[]) => places(results.map(({ vantage }) => vantage))

function outcome(results: readonly Result[]): string {
  const [first] = results
  if (first === undefined) return ''
  const stage = first.verdict === 'fail' ? decidingStage(first.stages) : undefined
  const where = stage === undefined ? '' : ` at ${stageTitles[stage.stage]}`
  const why = first.cause === '' || first.verdict === 'pass' ? '' : ` (${inSentence(causeLabel(first.cause))})`
  return `From ${from(results)} ${does[first.verdict]}${where}${why}.`
}

/** Looks of one row this far apart are told apart: pods of one run begin one after another, networks change in between. */
const sameLookMs = 60_000

/**
 * What differs between vantages for one row, in words; nothing when they agree or there is one. Only what was seen at the same
 * time is compared: what a vantage saw in an earlier check is said with its time, since the network may be another by now.
 */
export function differences(vantages: readonly Vantage[], cells: Readonly<Record<string, Cell>>): readonly string[] {
  const known = vantages
    .map((vantage) => cells[vantageKey(vantage)])
    .filter((cell) => cell?.result !== undefined && cell.result.verdict !== 'skipped')
  const newestMs = Math.max(...known.map((cell) => Date.parse(cell?.startedAt ?? '')))
  const isOld = ({ startedAt }: Cell) => newestMs - Date.parse(startedAt) > sameLookMs
  const tried = known.flatMap((cell) => (cell?.result === undefined || isOld(cell) ? [] : [cell.result]))
  const said = differing(tried)
  const verdicts = new Set(tried.map(({ verdict, cause }) => `${verdict} ${cause}`))
  const others = known.flatMap((cell) =>
    cell?.result !== undefined && isOld(cell) ? [{ ...cell, result: cell.result }] : [],
  )
  return [
    ...said,
    ...others
      .filter(({ result: { verdict, cause } }) => !verdicts.has(`${verdict} ${cause}`) || verdicts.size > 1)
      .map(
        ({ result, startedAt }) =>
          `${outcome([result]).replace(/\.$/, '')}, as of ${fullTime(startedAt)}, earlier than the others.`,
      ),
  ]
}

function differing(tried: readonly Result[]): readonly string[] {
  if (tried.length < 2) return []
  const said: string[] = []
  const outcomes = grouped(tried, ({ verdict, cause }) => `${verdict} ${cause}`)
  if (outcomes.length > 1) {
    const rank = (results: readonly Result[]) => severity.indexOf(results[0]?.verdict ?? 'pass')
    said.push(...outcomes.toSorted((one, other) => rank(one) - rank(other)).map(outcome))
  }
  const secured = tried.filter(({ facts: seen }) => seen.keySha256 !== '')
  const keys = grouped(secured, ({ facts: seen }) => seen.keySha256)
  const issuers = new Set(secured.map(({ facts: seen }) => seen.issuer))
  if (keys.length > 1 && issuers.size > 1) {
    said.push(
      `The certificate is not the same: ${keys.map((same) => `from ${from(same)} it is issued by ${same[0]?.facts.issuer ?? ''}`).join('; ')}. Something on one of these ways may sign anew.`,
    )
  }
  const went = tried.filter(({ facts: seen }) => seen.proxy !== '' || seen.destination !== '')
  const ways = grouped(went, ({ facts: seen }) => seen.proxy)
  if (ways.length > 1) {
    said.push(
      `The way is not the same: ${ways.map((same) => `from ${from(same)} ${same[0]?.facts.proxy === '' ? 'directly' : `through ${same[0]?.facts.proxy}`}`).join('; ')}.`,
    )
  }
  const resolved = tried.filter(({ facts: seen }) => seen.addresses.length > 0)
  const answers = grouped(resolved, ({ facts: seen }) => seen.addresses.toSorted().join(', '))
  if (answers.length > 1 && disjoint(resolved)) {
    said.push(
      `The name resolves otherwise: ${answers.map((same) => `from ${from(same)} to ${same[0]?.facts.addresses.join(', ')}`).join('; ')}.`,
    )
  }
  return said
}

/** Large names give each asker another pick of their addresses; only answers that share none are worth a word. */
function disjoint(results: readonly Result[]): boolean {
  const [first, ...others] = results.map(({ facts: seen }) => new Set(seen.addresses))
  return first !== undefined && others.some((other) => first.isDisjointFrom(other))
}
