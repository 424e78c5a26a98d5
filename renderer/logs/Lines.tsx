import { Button } from '@mantine/core'
import { useCallback } from 'react'
import { useStore } from 'zustand'
import type { LogRecord } from '../../preload/contract/logs.ts'
import { counted, fullTime, rowTime, span, zoneOf } from '../lib/time.ts'
import { IconArrowUp } from '../ui/icons.ts'
import { VirtualList } from '../ui/VirtualList.tsx'
import classes from './Logs.module.css'
import { levelTone } from './levels.ts'
import { isAsked, loadedLines } from './query.ts'
import { RecordDetails } from './RecordDetails.tsx'
import type { LogsState, LogsStore } from './store.ts'

const rowHeightPx = 24

/** The lines that match, newest first, and the one that is open. */
export function Lines({ store }: { readonly store: LogsStore }) {
  const records = useStore(store, (state) => state.records)
  const selected = useStore(store, (state) => state.selected)
  const held = useStore(store, (state) => state.held.length)
  const phase = useStore(store, (state) => state.phase)
  const asked = useStore(store, (state) => isAsked(state.question))
  const { select, older, scrolled, showHeld } = store.getState()
  const open = records.find(({ id }) => id === selected)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end may have come into view while a search was running
  const onEnd = useCallback(() => void older(), [older, phase])
  return (
    <>
      <Found store={store} />
      <div className={classes.lines}>
        <div className={classes.lineHead} aria-hidden>
          <span>Time ({zoneOf(new Date())})</span>
          <span>Level</span>
          <span>Source</span>
          <span>Message</span>
        </div>
        {records.length === 0 ? (
          <p className={classes.none} role="status">
            {phase === 'searching'
              ? 'Searching …'
              : asked
                ? 'No line matches. Widen the time, or search for less.'
                : ''}
          </p>
        ) : (
          <VirtualList
            items={records}
            keyOf={({ id }) => id}
            label="Log lines"
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
        {held > 0 && (
          <Button
            className={classes.pill}
            size="compact-xs"
            radius="xl"
            leftSection={<IconArrowUp size={14} aria-hidden />}
            onClick={() => {
              showHeld()
              document.querySelector('[role=listbox][aria-label="Log lines"]')?.scrollTo({ top: 0 })
            }}
          >
            {counted(held, 'new line')}
          </Button>
        )}
      </div>
      {open !== undefined && <RecordDetails record={open} onClose={() => select(undefined)} />}
    </>
  )
}

function foundText({ phase, records, more, looked, question }: LogsState): string {
  if (phase === 'searching') return 'Searching …'
  const lines = counted(records.length, 'line')
  const shown = more ? `The newest ${lines}; scroll for older ones` : `${lines}${isAsked(question) ? ' match' : ''}`
  const full = records.length >= loadedLines ? '. More are not loaded: narrow the search' : ''
  return looked === undefined ? `${shown}${full}` : `${shown}${full} (${span(looked.elapsedMs)})`
}

function Found({ store }: { readonly store: LogsStore }) {
  const text = useStore(store, foundText)
  return (
    <p className={`${classes.found} numbers`} role="status">
      {text}
    </p>
  )
}

/** The first line of a message; the rest of it is in the details. */
const firstLine = (message: string): string => message.split('\n', 1)[0] ?? ''

function Line({ record }: { readonly record: LogRecord }) {
  const { at, level, source, message, format } = record
  if (format === 'gap') {
    return (
      <div className={classes.line} data-gap>
        <span>{rowTime(at)}</span>
        <span className={classes.gapText}>Gap: {firstLine(message)}</span>
      </div>
    )
  }
  const lines = message.split('\n').length
  return (
    <div className={classes.line}>
      <time dateTime={at} title={fullTime(at)}>
        {rowTime(at)}
      </time>
      <span data-tone={level === null ? 'idle' : levelTone[level]} className={classes.level}>
        {level ?? '–'}
      </span>
      <span className={classes.source} title={record.pod}>
        {source}
      </span>
      <span className={classes.message}>
        {firstLine(message)}
        {lines > 1 && <span className={classes.quiet}> +{counted(lines - 1, 'line')}</span>}
      </span>
    </div>
  )
}
