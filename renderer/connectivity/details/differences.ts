import type { Result, Vantage } from '../../../preload/contract/connectivity.ts'
import { type Difference, differencesOf } from '../../../preload/differences.ts'
import { vantageInSentence, vantageKey } from '../../../preload/vantages.ts'
import { decidingStage, severityOf } from '../../../preload/verdicts.ts'
import type { TimeFormat } from '../../lib/time.ts'
import { listText, t } from '../../strings/t.ts'
import { causeLabel } from '../causeLabel.ts'
import type { Cell } from '../matrix/matrix.ts'
import { inSentence } from '../vantages/vantages.ts'

/** Vantages that are named in a text; the others are counted. */
const namedVantages = 3

/** "this computer, node a and 3 more". */
export function vantagesText(vantages: readonly Vantage[]): string {
  const names = vantages.slice(0, namedVantages).map(vantageInSentence)
  const rest = vantages.length - names.length
  return listText(rest > 0 ? [...names, t('connectivity.vantage.more', { count: rest })] : names)
}

const vantagesOf = (results: readonly Result[]) => vantagesText(results.map(({ vantage }) => vantage))

function outcome(results: readonly Result[]): string {
  const [first] = results
  if (first === undefined) return ''
  const { verdict, cause, stages } = first
  const deciding = verdict === 'fail' ? decidingStage(stages) : undefined
  return t('connectivity.differences.outcome', {
    vantages: vantagesOf(results),
    verdict,
    stage: deciding === undefined ? 'none' : t(`connectivity.stage.${deciding.stage}`),
    cause: cause === '' || verdict === 'pass' ? 'none' : inSentence(causeLabel(cause)),
  })
}

/** Results further apart are of different runs: pods of one run start one after another. */
const sameRunMs = 60_000

/**
 * A sentence for each difference between the vantages of one row. Only results of the same run are compared, because the
 * network can change between runs; an older result is listed with its time.
 */
export function differences(
  vantages: readonly Vantage[],
  cells: Readonly<Record<string, Cell>>,
  { full }: TimeFormat,
): readonly string[] {
  const checked = vantages.flatMap((vantage) => {
    const cell = cells[vantageKey(vantage)]
    return cell?.result === undefined || cell.result.verdict === 'skipped' ? [] : [{ ...cell, result: cell.result }]
  })
  const newestMs = Math.max(...checked.map(({ startedAt }) => Date.parse(startedAt)))
  const isOlder = ({ startedAt }: Cell) => newestMs - Date.parse(startedAt) > sameRunMs
  const current = checked.filter((cell) => !isOlder(cell))
  const outcomes = new Set(current.map(({ result: { verdict, cause } }) => `${verdict} ${cause}`))
  return [
    ...differencesOf(current.map(({ result }) => result)).flatMap(differenceLines),
    ...checked
      .filter(isOlder)
      .filter(({ result: { verdict, cause } }) => !outcomes.has(`${verdict} ${cause}`) || outcomes.size > 1)
      .map(({ result, startedAt }) =>
        t('connectivity.differences.earlier', { outcome: outcome([result]), time: full(startedAt) }),
      ),
  ]
}

function differenceLines({ kind, groups }: Difference): readonly string[] {
  const parts = (partOf: (vantages: string, facts: Result['facts']) => string): { readonly parts: string } => ({
    parts: groups.flatMap((same) => (same[0] === undefined ? [] : partOf(vantagesOf(same), same[0].facts))).join('; '),
  })
  switch (kind) {
    case 'outcome':
      return groups.toSorted((one, other) => severity(other) - severity(one)).map(outcome)
    case 'certificate':
      return [
        t(
          'connectivity.differences.certificates',
          parts((vantages, { issuer }) => t('connectivity.differences.certificate', { vantages, issuer })),
        ),
      ]
    case 'route':
      return [
        t(
          'connectivity.differences.routes',
          parts((vantages, { proxy }) =>
            proxy === ''
              ? t('connectivity.differences.direct', { vantages })
              : t('connectivity.differences.through', { vantages, proxy }),
          ),
        ),
      ]
    case 'addresses':
      return [
        t(
          'connectivity.differences.addresses',
          parts((vantages, { addresses }) =>
            t('connectivity.differences.address', { vantages, addresses: addresses.join(', ') }),
          ),
        ),
      ]
  }
}

const severity = ([first]: readonly Result[]): number => severityOf(first?.verdict ?? 'pass')
