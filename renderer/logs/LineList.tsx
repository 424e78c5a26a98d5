import type { KeyboardEvent } from 'react'
import { useStore } from 'zustand'
import type { LogRecord } from '../../preload/contract/logs.ts'
import { t } from '../strings/t.ts'
import { PlacedList, type PlacedListProps } from '../ui/PlacedList.tsx'
import { useTimeFormat } from '../ui/timeFormat.ts'
import { VirtualList } from '../ui/VirtualList.tsx'
import { gridOf, isKnownColumn } from './columns.ts'
import { Line } from './Line.tsx'
import classes from './Logs.module.css'
import { sharedIds } from './related.ts'
import type { LogsStore } from './state.ts'

const rowHeightPx = 24

export interface LineListProps {
  readonly store: LogsStore
  readonly records: readonly LogRecord[]
  readonly selected: string | undefined
  readonly label: string
  /** Ids of the lines that match, where not all of them do. */
  readonly matching?: ReadonlySet<string>
  readonly onEscape: () => void
  /** Of a list of which only a part is loaded. */
  readonly placed?: Placed
  /** Of a list that is loaded whole: the last line comes into view. */
  readonly onEnd?: () => void
  /** Lines that are added before the first one leave those in view where they are. */
  readonly anchored?: boolean
}

type Placed = Pick<
  PlacedListProps<LogRecord>,
  'first' | 'count' | 'isCounted' | 'kept' | 'followsEnd' | 'goal' | 'onDrawn' | 'onScrolled' | 'onSelectAt'
>

/** Lines with their columns. Its keys are active while it has the focus. */
export function LineList(props: LineListProps) {
  const { store, records, matching, selected, label, onEscape, placed, onEnd, anchored = false } = props
  const columns = useStore(store, (state) => state.columns)
  const wrap = useStore(store, (state) => state.wrap)
  const unfolded = useStore(store, (state) => state.unfolded)
  const { select, fold } = store.getState()
  const time = useTimeFormat()
  const selectedRecord = records.find(({ id }) => id === selected)
  const lines = {
    items: records,
    keyOf: ({ id }: LogRecord) => id,
    label,
    selected,
    rowHeight: rowHeightPx,
    measured: wrap || unfolded.size > 0,
    onSelect: select,
    onEscape,
    onFold: ({ id, message }: LogRecord, how: 'yes' | 'no') => {
      if (message.includes('\n')) fold(id, how)
    },
    renderRow: (record: LogRecord) => (
      <Line
        record={record}
        columns={columns}
        time={time}
        wrap={wrap}
        unfolded={unfolded.has(record.id)}
        matches={matching?.has(record.id) ?? false}
      />
    ),
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the list inside has the focus and the role
    <div className={classes.list} onKeyDown={(event) => press(event, store, selectedRecord)}>
      <div className={classes.lineHead} style={gridOf(columns)} aria-hidden>
        {columns.map((name) => (
          <span key={name} data-extra={name === 'time' || name === 'level' ? undefined : true}>
            {name === 'time'
              ? t('logs.lines.time', { zone: time.zone(new Date()) })
              : isKnownColumn(name)
                ? t(`logs.column.${name}`)
                : name}
          </span>
        ))}
        <span>{t('logs.column.message')}</span>
      </div>
      {placed === undefined ? (
        <VirtualList {...lines} kind="listbox" anchored={anchored} {...(onEnd !== undefined && { onEnd })} />
      ) : (
        <PlacedList {...lines} {...placed} />
      )}
    </div>
  )
}

/** The keys of the list, beside those that move the selection. */
function press(event: KeyboardEvent, store: LogsStore, record: LogRecord | undefined): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const { step, setWrap, wrap, showRelated } = store.getState()
  switch (event.key) {
    case 'n':
    case 'N':
      void step(event.shiftKey ? 'previous' : 'next', 'match')
      break
    case 'e':
    case 'E':
      void step(event.shiftKey ? 'previous' : 'next', 'error')
      break
    case 'w':
      setWrap(wrap ? 'no' : 'yes')
      break
    case 'c':
      if (record !== undefined) showRelated({ kind: 'around', record: record.id }, record.id)
      break
    case 't': {
      const id = record && sharedIds(record)[0]
      if (id !== undefined) showRelated({ kind: 'trace', id }, record?.id)
      break
    }
    default:
      return
  }
  event.preventDefault()
}
