import type { Verdict } from '../../../preload/contract/words.ts'
import { verdictHistoryRuns } from '../../../preload/verdict-history.ts'
import { countVerdicts, verdictsWorstFirst } from '../../../preload/verdicts.ts'
import { t } from '../../strings/t.ts'
import { verdictStatus } from '../../ui/Status.tsx'
import classes from './Matrix.module.css'
import { type RowHistory, streakOf } from './trend.ts'

const barPx = 3
const stepPx = 4
const heightPx = 16
const widthPx = verdictHistoryRuns * stepPx

/** The worse, the higher: a failure is seen also without its colour. */
const barHeights: Readonly<Record<Verdict, number>> = { fail: 16, unknown: 9, warn: 11, pass: 5, skipped: 2 }

/** The verdicts of a row in the last runs, the newest at the right. */
export function RowTrend({ verdicts }: { readonly verdicts: RowHistory }) {
  const streak = streakOf(verdicts)
  if (streak === undefined) return <span className={classes.quiet}>{t('connectivity.trend.none')}</span>
  const label = labelOf(verdicts, streak)
  const first = verdictHistoryRuns - verdicts.length
  return (
    <svg className={classes.trend} viewBox={`0 0 ${widthPx} ${heightPx}`} role="img" aria-label={label}>
      <title>{label}</title>
      <path className={classes.trendFloor} d={`M0 ${heightPx - 0.5}H${widthPx}`} />
      {verdicts.map(
        (verdict, index) =>
          verdict !== null && (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a run has no other name here, and bars only move by one
              key={index}
              data-tone={verdictStatus[verdict].tone}
              x={(first + index) * stepPx}
              width={barPx}
              y={heightPx - barHeights[verdict]}
              height={barHeights[verdict]}
            />
          ),
      )}
    </svg>
  )
}

/** "Last 20 runs: 3 failed, 17 passed. The last 2: Failed." */
function labelOf(verdicts: RowHistory, { verdict, runs }: NonNullable<ReturnType<typeof streakOf>>): string {
  const known = verdicts.filter((one) => one !== null)
  const counts = countVerdicts(known.map((one) => ({ verdict: one })))
  return t('connectivity.trend.label', {
    runs: known.length,
    counts: verdictsWorstFirst
      .filter((one) => counts[one] > 0)
      .map((one) => t(`connectivity.count.${one}`, { count: counts[one] }))
      .join(', '),
    streak: runs,
    verdict: verdictStatus[verdict].label,
  })
}
