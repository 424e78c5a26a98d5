import type { Result, Vantage } from '../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import { type Difference, differencesOf } from '../../../preload/differences.ts'
import { vantageInSentence, vantageKey } from '../../../preload/vantages.ts'
import { decidingStage, severityOf } from '../../../preload/verdicts.ts'
import { fullTime } from '../../lib/time.ts'
import { causeLabel } from '../causeLabel.ts'
import type { Cell } from '../matrix/matrix.ts'
import { inSentence } from '../vantages/vantages.ts'
import { stageTitles } from '../words.ts'

const does: Readonly<Record<Verdict, string>> = {
  pass: 'it passes',
  warn: 'it passes with a warning',
  fail: 'it fails',
  skipped: 'it is not tried',
  unknown: 'nothing is known',
}

/** "this computer, node a and 3 more". */
export function vantagesText(vantages: readonly Vantage[]): string {
  const named = vantages.slice(0, 3).map(vantageInSentence)
  const rest = vantages.length - named.length
  if (rest > 0) return `${named.join(', ')} and ${rest} more`
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`
}

const from = (results: readonly Result[]) => vantagesText(results.map(({ vantage }) => vantage))

function outcome(results: readonly Result[]): string {
  const [first] = results
  if (first === undefined) return ''
  const stage = first.verdict === 'fail' ? decidingStage(first.stages) : undefined
  const where = stage === undefined ? '' : ` at ${stageTitles[stage.stage]}`
  const why = first.cause === '' || first.verdict === 'pass' ? '' : ` (${inSentence(causeLabel(first.cause))})`
  return `From ${from(results)} ${does[first.verdict]}${where}${why}.`
}

/** Looks of one row this far apart are told apart: pods of one run begin one after another, networks change in between. */
const sameRunMs = 60_000

/**
 * What differs between vantages for one row, in words; nothing when they agree or there is one. Only what was seen at the same
 * time is compared: what a vantage saw in an earlier check is said with its time, since the network may be another by now.
 */
export function differences(vantages: readonly Vantage[], cells: Readonly<Record<string, Cell>>): readonly string[] {
  const known = vantages
    .map((vantage) => cells[vantageKey(vantage)])
    .filter((cell) => cell?.result !== undefined && cell.result.verdict !== 'skipped')
  const newestMs = Math.max(...known.map((cell) => Date.parse(cell?.startedAt ?? '')))
  const isOld = ({ startedAt }: Cell) => newestMs - Date.parse(startedAt) > sameRunMs
  const tried = known.flatMap((cell) => (cell?.result === undefined || isOld(cell) ? [] : [cell.result]))
  const said = differencesOf(tried).flatMap(differenceLines)
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

function differenceLines({ kind, groups }: Difference): readonly string[] {
  const listed = (of: (facts: Result['facts']) => string): string =>
    groups.map((same) => `from ${from(same)} ${same[0] === undefined ? '' : of(same[0].facts)}`).join('; ')
  switch (kind) {
    case 'outcome':
      return groups.toSorted((one, other) => worst(other) - worst(one)).map(outcome)
    case 'certificate':
      return [
        `The certificate is not the same: ${listed(({ issuer }) => `it is issued by ${issuer}`)}. Something on one of these ways may sign anew.`,
      ]
    case 'route':
      return [`The way is not the same: ${listed(({ proxy }) => (proxy === '' ? 'directly' : `through ${proxy}`))}.`]
    case 'addresses':
      return [`The name resolves otherwise: ${listed(({ addresses }) => `to ${addresses.join(', ')}`)}.`]
  }
}

const worst = ([first]: readonly Result[]): number => severityOf(first?.verdict ?? 'pass')
