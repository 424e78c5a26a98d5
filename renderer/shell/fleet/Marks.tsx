import type { PlaneSummary, RunCounts } from '../../../preload/contract/fleet.ts'
import { t } from '../../strings/t.ts'
import classes from './Marks.module.css'
import type { Standing } from './standing.ts'

const ringPx = 20
const ringRadius = 8
const ringLength = 2 * Math.PI * ringRadius

/** The part of the components that is healthy. */
export function HealthRing({ health }: Pick<Standing, 'health'>) {
  if (health === undefined) return <span className={classes.quiet}>–</span>
  const { healthy, of } = health
  const centre = ringPx / 2
  return (
    <span className={classes.ring} title={t('fleet.ring', { healthy, of })}>
      <svg width={ringPx} height={ringPx} viewBox={`0 0 ${ringPx} ${ringPx}`} aria-hidden="true">
        <circle cx={centre} cy={centre} r={ringRadius} data-rest={healthy < of ? '' : undefined} />
        <circle
          cx={centre}
          cy={centre}
          r={ringRadius}
          data-part=""
          strokeDasharray={`${(healthy / of) * ringLength} ${ringLength}`}
          transform={`rotate(-90 ${centre} ${centre})`}
        />
      </svg>
      <span aria-hidden="true">{t('fleet.ringShort', { healthy, of })}</span>
      <span className="hidden">{t('fleet.ring', { healthy, of })}</span>
    </span>
  )
}

const barPx = 3
const gapPx = 2
const stripHeightPx = 16
const shownRuns = 16

/** The last runs, the newest at the right: a bar for each, its failed part in red. */
export function RunStrip({ runs, faults }: Pick<PlaneSummary, 'runs' | 'faults'>) {
  const [newest] = runs
  if (newest === undefined) return <span className={classes.quiet}>{t('fleet.strip.none')}</span>
  const { pass = 0, warn = 0, fail = 0 } = newest.counts
  // Endpoints, as the reasons name them: results count an endpoint once for each vantage.
  const failed = faults?.filter(({ verdict }) => verdict === 'fail').length ?? fail
  const shown = runs.slice(0, shownRuns).toReversed()
  const width = shownRuns * (barPx + gapPx) - gapPx
  const start = width - shown.length * (barPx + gapPx) + gapPx
  return (
    <span className={classes.strip}>
      <svg
        width={width}
        height={stripHeightPx}
        viewBox={`0 0 ${width} ${stripHeightPx}`}
        role="img"
        aria-label={t('fleet.strip.label', { pass, warn, fail, runs: runs.length })}
      >
        {shown.map(({ at, counts }, index) => (
          <Bar key={at} x={start + index * (barPx + gapPx)} counts={counts} />
        ))}
      </svg>
      <span aria-hidden="true">{t('fleet.strip.short', { fail: failed, pass: pass + warn })}</span>
    </span>
  )
}

function Bar({ x, counts }: { readonly x: number; readonly counts: RunCounts['counts'] }) {
  const { pass = 0, warn = 0, fail = 0 } = counts
  const total = Math.max(1, pass + warn + fail)
  const heightOf = (count: number) => (count / total) * stripHeightPx
  const parts = [
    { tone: 'good', from: 0, height: heightOf(pass) },
    { tone: 'warn', from: heightOf(pass), height: heightOf(warn) },
    { tone: 'bad', from: heightOf(pass + warn), height: heightOf(fail) },
  ]
  return parts.map(({ tone, from, height }) =>
    height === 0 ? null : (
      <rect key={tone} data-tone={tone} x={x} width={barPx} y={stripHeightPx - from - height} height={height} />
    ),
  )
}

const tones = { failing: 'bad', unreachable: 'bad', warning: 'warn', healthy: 'good' } as const
const hourPx = 5
/** Distinct also without colours: what is unreachable is half as high, what nobody saw is a line. */
const heights = {
  failing: stripHeightPx,
  unreachable: stripHeightPx / 2,
  warning: stripHeightPx,
  healthy: stripHeightPx,
}

/** The last 24 hours. An hour in which nobody watched is an empty line, not a good hour. */
export function HoursBar({ hours }: Pick<PlaneSummary, 'hours'>) {
  const width = hours.length * (hourPx + 1) - 1
  const count = (verdict: keyof typeof tones | null) => hours.filter((hour) => hour.verdict === verdict).length
  const label = t('fleet.hours.label', {
    failing: count('failing'),
    unreachable: count('unreachable'),
    warning: count('warning'),
    healthy: count('healthy'),
    unseen: count(null),
  })
  return (
    <svg
      className={classes.hours}
      width={width}
      height={stripHeightPx}
      viewBox={`0 0 ${width} ${stripHeightPx}`}
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {hours.map(({ from, verdict }, index) => {
        const height = verdict === null ? 1 : heights[verdict]
        const y = verdict === null ? stripHeightPx / 2 : stripHeightPx - height
        const tone = verdict === null ? 'none' : tones[verdict]
        return <rect key={from} data-tone={tone} x={index * (hourPx + 1)} width={hourPx} y={y} height={height} />
      })}
    </svg>
  )
}
