import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import { useTimeFormat } from '../ui/timeFormat.ts'
import classes from './Logs.module.css'
import { levels as allLevels, levelTone } from './levels.ts'
import type { Bucket, LogsStore } from './state.ts'

const heightPx = 40

const total = ({ counts }: Bucket) => Object.values(counts).reduce((sum, count) => sum + count, 0)

/** From the bottom of a column: severe levels are on top. */
const stack = [
  { tone: 'idle', levels: ['TRACE', 'DEBUG', ''] },
  { tone: 'busy', levels: ['INFO'] },
  { tone: 'warn', levels: ['WARN'] },
  { tone: 'bad', levels: ['ERROR', 'FATAL'] },
] as const

function inStack(bucket: Bucket, levels: readonly string[], tone: string): number {
  const known = levels.reduce((sum, level) => sum + (bucket.counts[level] ?? 0), 0)
  if (tone !== 'idle') return known
  // Lines without a level count as idle, under any name.
  const named = allLevels
    .filter((level) => levelTone[level] !== 'idle')
    .reduce((sum, level) => sum + (bucket.counts[level] ?? 0), 0)
  return total(bucket) - named
}

/** Lines over time, by severity. A click on a column sets its time range. Keeps its height while empty. */
export function Histogram({ store }: { readonly store: LogsStore }) {
  const buckets = useStore(store, (state) => state.histogram)
  const { full } = useTimeFormat()
  const { setFilter } = store.getState()
  const highest = Math.max(1, ...buckets.map(total))
  const first = buckets[0]
  const second = buckets[1]
  const stepMs = first === undefined || second === undefined ? 0 : Date.parse(second.from) - Date.parse(first.from)
  const end = buckets.at(-1)
  return (
    <section className={classes.histogram} aria-label={t('logs.histogram.title')}>
      <div className={classes.columnsOfTime}>
        {buckets.map((bucket, at) => {
          const to = buckets[at + 1]?.from ?? new Date(Date.parse(bucket.from) + stepMs).toISOString()
          const count = total(bucket)
          const text = t('logs.histogram.column', { count, time: full(bucket.from) })
          return (
            <button
              key={bucket.from}
              type="button"
              tabIndex={-1}
              className={classes.bucket}
              title={text}
              aria-label={text}
              disabled={count === 0}
              onClick={() => setFilter({ range: { kind: 'between', from: bucket.from, to } })}
            >
              {stack.map(({ tone, levels }) => (
                <span
                  key={tone}
                  data-tone={tone}
                  style={{ height: Math.ceil((heightPx * inStack(bucket, levels, tone)) / highest) }}
                />
              ))}
            </button>
          )
        })}
      </div>
      <div className={`${classes.axis} numbers`}>
        <span>{first !== undefined && full(first.from)}</span>
        <span>{end !== undefined && full(new Date(Date.parse(end.from) + stepMs).toISOString())}</span>
      </div>
    </section>
  )
}
