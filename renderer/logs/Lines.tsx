import { Button } from '@mantine/core'
import { useCallback, useRef } from 'react'
import { useStore } from 'zustand'
import type { LogRecord } from '../../preload/contract/logs.ts'
import { span } from '../lib/time.ts'
import { t } from '../strings/t.ts'
import { IconArrowUp } from '../ui/icons.ts'
import { Notice } from '../ui/Notice.tsx'
import { useTimeFormat } from '../ui/timeFormat.ts'
import { VirtualList } from '../ui/VirtualList.tsx'
import classes from './Logs.module.css'
import { levelTone } from './levels.ts'
import { isFiltered, maxLoadedLines } from './query.ts'
import { RecordDetails } from './RecordDetails.tsx'
import type { LogsState, LogsStore } from './state.ts'

const rowHeightPx = 24

/** The matching lines, newest first, and the details of the selected one. */
export function Lines({ store }: { readonly store: LogsStore }) {
  const records = useStore(store, (state) => state.records)
  const selected = useStore(store, (state) => state.selected)
  const pending = useStore(store, (state) => state.pending.length)
  const phase = useStore(store, (state) => state.phase)
  const filtered = useStore(store, (state) => isFiltered(state.filter))
  const { select, loadOlder, scrolled, showPending } = store.getState()
  const { zone } = useTimeFormat()
  const list = useRef<HTMLDivElement>(null)
  const gone = selected !== undefined && phase === 'done' && records.every(({ id }) => id !== selected)
  const open = records.find(({ id }) => id === selected)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end can come into view while a search runs
  const onEnd = useCallback(() => void loadOlder(), [loadOlder, phase])
  return (
    <>
      <ResultSummary store={store} />
      {gone && (
        <Notice
          tone="warn"
          role="status"
          title={t('logs.lines.gone')}
          actions={
            <Button variant="default" size="compact-xs" onClick={() => select(undefined)}>
              {t('ui.close')}
            </Button>
          }
        />
      )}
      <div className={classes.lines} ref={list}>
        <div className={classes.lineHead} aria-hidden>
          <span>{t('logs.lines.time', { zone: zone(new Date()) })}</span>
          <span>{t('logs.lines.level')}</span>
          <span>{t('logs.lines.source')}</span>
          <span>{t('logs.lines.message')}</span>
        </div>
        {records.length === 0 ? (
          <p className={classes.none} role="status">
            {phase === 'searching' ? t('logs.lines.searching') : filtered ? t('logs.lines.none') : ''}
          </p>
        ) : (
          <VirtualList
            items={records}
            keyOf={({ id }) => id}
            label={t('logs.lines.list')}
            kind="listbox"
            rowHeight={rowHeightPx}
            selected={selected}
            onSelect={select}
            onEscape={() => select(undefined)}
            onEnd={onEnd}
            onScrolled={scrolled}
            renderRow={(record) => <Line record={record} />}
          />
        )}
        {pending > 0 && (
          <Button
            className={classes.pill}
            size="compact-xs"
            radius="xl"
            leftSection={<IconArrowUp size={14} aria-hidden />}
            onClick={() => {
              showPending()
              list.current?.querySelector('[role=listbox]')?.scrollTo({ top: 0 })
            }}
          >
            {t('logs.lines.pending', { count: pending })}
          </Button>
        )}
      </div>
      {open !== undefined && <RecordDetails record={open} onClose={() => select(undefined)} />}
    </>
  )
}

function summaryText({ phase, records, more, stats, filter }: LogsState): string {
  if (phase === 'searching') return t('logs.lines.searching')
  const kind = more ? 'newest' : isFiltered(filter) ? 'matching' : 'all'
  const loaded = t(`logs.lines.${kind}`, { count: records.length })
  const lines = records.length >= maxLoadedLines ? t('logs.lines.limit', { lines: loaded }) : loaded
  return stats === undefined ? lines : t('logs.lines.elapsed', { lines, elapsed: span(stats.elapsedMs) })
}

function ResultSummary({ store }: { readonly store: LogsStore }) {
  const text = useStore(store, summaryText)
  return (
    <p className={`${classes.found} numbers`} role="status">
      {text}
    </p>
  )
}

/** The details show the other lines of a message. */
const firstLine = (message: string): string => message.split('\n', 1)[0] ?? ''

function Line({ record }: { readonly record: LogRecord }) {
  const { full, row } = useTimeFormat()
  const { at, level, source, message, format } = record
  if (format === 'gap') {
    return (
      <div className={classes.line} data-gap>
        <span>{row(at)}</span>
        <span className={classes.gapText}>{t('logs.lines.gap', { reason: firstLine(message) })}</span>
      </div>
    )
  }
  const lines = message.split('\n').length
  return (
    <div className={classes.line}>
      <time dateTime={at} title={full(at)}>
        {row(at)}
      </time>
      <span data-tone={level === null ? 'idle' : levelTone[level]} className={classes.level}>
        {level ?? '–'}
      </span>
      <span className={classes.source} title={record.pod}>
        {source}
      </span>
      <span className={classes.message}>
        {firstLine(message)}
        {lines > 1 && <span className={classes.quiet}> {t('logs.lines.more', { count: lines - 1 })}</span>}
      </span>
    </div>
  )
}
