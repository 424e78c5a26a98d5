import { ActionIcon } from '@mantine/core'
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import { IconZoomOut } from '../ui/icons.ts'
import { useTimeFormat } from '../ui/timeFormat.ts'
import { type Bucket, endMs, inStack, rangeOf, stack, stepMs, total, zoomedOut } from './histogram.ts'
import classes from './Logs.module.css'
import type { LogsStore } from './state.ts'

const heightPx = 40

/** The steps that are selected: where the selection began, and where it ends. */
interface Selection {
  readonly anchor: number
  readonly at: number
}

/**
 * Lines over time, by severity. A drag over columns, or Shift with the arrow keys and Enter, sets their time range. Keeps its
 * height while empty.
 */
export function Histogram({ store }: { readonly store: LogsStore }) {
  const buckets = useStore(store, (state) => state.histogram)
  const range = useStore(store, (state) => state.filter.range)
  const status = useStore(store, (state) => state.status)
  const at = useStore(store, (state) => state.filter.at)
  const { full } = useTimeFormat()
  const plot = useRef<HTMLDivElement>(null)
  const [selection, setSelection] = useState<Selection>()
  const { setFilter } = store.getState()
  const highest = Math.max(1, ...buckets.map(total))
  const first = buckets[0]
  const lastIndex = buckets.length - 1

  const zoom = ({ anchor, at: end }: Selection) => {
    const chosen = rangeOf(buckets, anchor, end)
    setSelection(undefined)
    if (chosen !== undefined) setFilter({ range: chosen })
  }
  const zoomOut = () => {
    if (status?.oldest != null && status.newest !== null)
      setFilter({ range: zoomedOut(range, status.oldest, status.newest) })
  }
  const indexAt = ({ clientX }: PointerEvent): number => {
    const { left, width } = plot.current?.getBoundingClientRect() ?? { left: 0, width: 1 }
    return Math.min(Math.max(Math.floor(((clientX - left) / width) * buckets.length), 0), lastIndex)
  }

  function press(event: KeyboardEvent) {
    const current = selection ?? { anchor: lastIndex, at: lastIndex }
    const move = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -lastIndex, End: lastIndex }[
      event.key
    ]
    if (move !== undefined) {
      const next = selection === undefined ? lastIndex : Math.min(Math.max(current.at + move, 0), lastIndex)
      setSelection({ anchor: event.shiftKey ? current.anchor : next, at: next })
    } else if (event.key === 'Enter' && selection !== undefined) zoom(selection)
    else if (event.key === 'Escape' && selection !== undefined) setSelection(undefined)
    else if (event.key === '-' || event.key === 'Backspace') zoomOut()
    else return
    event.preventDefault()
  }

  const from = selection === undefined ? -1 : Math.min(selection.anchor, selection.at)
  const to = selection === undefined ? -1 : Math.max(selection.anchor, selection.at)
  const told = selection === undefined ? undefined : buckets.slice(from, to + 1)
  return (
    <section className={classes.histogram} aria-label={t('logs.histogram.title')}>
      <div
        ref={plot}
        className={classes.columnsOfTime}
        role="slider"
        tabIndex={0}
        aria-label={t('logs.histogram.steps')}
        aria-valuemin={0}
        aria-valuemax={Math.max(lastIndex, 0)}
        aria-valuenow={Math.max(selection?.at ?? lastIndex, 0)}
        aria-valuetext={textOf(told ?? buckets.slice(-1), full)}
        onKeyDown={press}
        onBlur={() => setSelection(undefined)}
        onPointerDown={(event) => {
          if (event.button !== 0 || buckets.length === 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          setSelection({ anchor: indexAt(event), at: indexAt(event) })
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1 && selection !== undefined) setSelection({ ...selection, at: indexAt(event) })
        }}
        onPointerUp={() => selection !== undefined && zoom(selection)}
        onPointerCancel={() => setSelection(undefined)}
      >
        {buckets.map((bucket, index) => (
          <div
            key={bucket.from}
            className={classes.bucket}
            data-selected={(index >= from && index <= to) || undefined}
            data-at={isIn(bucket, at, stepMs(buckets)) || undefined}
            title={textOf([bucket], full)}
          >
            {stack.map((part) => (
              <span
                key={part.tone}
                data-tone={part.tone}
                style={{ height: Math.ceil((heightPx * inStack(bucket, part)) / highest) }}
              />
            ))}
          </div>
        ))}
      </div>
      <div className={`${classes.axis} numbers`}>
        <span>{first !== undefined && full(first.from)}</span>
        <span>{told !== undefined && textOf(told, full)}</span>
        <span className={classes.axisEnd}>
          {first !== undefined && full(new Date(endMs(buckets)).toISOString())}
          <ActionIcon
            variant="subtle"
            color="gray"
            size={18}
            aria-label={t('logs.histogram.zoomOut')}
            title={t('logs.histogram.zoomOut')}
            disabled={range.kind === 'all'}
            onClick={zoomOut}
          >
            <IconZoomOut size={14} aria-hidden />
          </ActionIcon>
        </span>
      </div>
    </section>
  )
}

const isIn = ({ from }: Bucket, at: string | undefined, lengthMs: number): boolean =>
  at !== undefined && Date.parse(at) >= Date.parse(from) && Date.parse(at) < Date.parse(from) + lengthMs

function textOf(buckets: readonly Bucket[], full: (at: string) => string): string {
  const [first] = buckets
  if (first === undefined) return t('logs.histogram.none')
  const count = buckets.reduce((sum, bucket) => sum + total(bucket), 0)
  const errors = buckets.reduce((sum, { counts }) => sum + (counts.ERROR ?? 0) + (counts.FATAL ?? 0), 0)
  return t('logs.histogram.column', { count, errors, time: full(first.from) })
}
