import { Button } from '@mantine/core'
import { useCallback, useRef } from 'react'
import { useStore } from 'zustand'
import { span } from '../lib/time.ts'
import { t } from '../strings/t.ts'
import { IconArrowDown, IconArrowUp } from '../ui/icons.ts'
import { Notice } from '../ui/Notice.tsx'
import { EngineSummary } from './EngineSummary.tsx'
import type { ExportMenuProps } from './ExportMenu.tsx'
import { engineKindName } from './engineName.ts'
import { LineList } from './LineList.tsx'
import { LineTools } from './LineTools.tsx'
import classes from './Logs.module.css'
import { FindersContext, useFinders } from './Marked.tsx'
import { isFiltered, maxLoadedLines } from './query.ts'
import { RecordDetails } from './RecordDetails.tsx'
import { RelatedLines } from './RelatedLines.tsx'
import { ShownSwitch } from './ShownSwitch.tsx'
import type { LogsState, LogsStore } from './state.ts'

/** The matching lines or, in their place, those that are related to one; and the details of the selected line. */
export function Lines({ store, plane }: ExportMenuProps) {
  const related = useStore(store, (state) => state.related)
  const records = useStore(store, (state) => state.related?.records ?? state.records)
  const selected = useStore(store, ({ related: shown, ...state }) => (shown ?? state).selected)
  const finders = useFinders(useStore(store, (state) => state.filter.text))
  // The results are scrolled to the same place again after related lines.
  const place = useRef(0)
  const open = records.find(({ id }) => id === selected)
  return (
    <FindersContext value={finders}>
      {related === undefined ? (
        <Results store={store} plane={plane} place={place} />
      ) : (
        <RelatedLines store={store} plane={plane} related={related} />
      )}
      {open !== undefined && (
        <RecordDetails key={open.id} record={open} store={store} onClose={() => store.getState().select(undefined)} />
      )}
    </FindersContext>
  )
}

function Results({ store, plane, place }: ExportMenuProps & { readonly place: React.RefObject<number> }) {
  const records = useStore(store, (state) => state.records)
  const selected = useStore(store, (state) => state.selected)
  const pending = useStore(store, (state) => state.pending.length)
  const phase = useStore(store, (state) => state.phase)
  const following = useStore(store, (state) => state.following)
  const order = useStore(store, (state) => state.filter.order)
  const nothing = useStore(store, nothingText)
  const engine = useStore(store, (state) => state.engine)
  const { select, loadMore, scrolled, showPending } = store.getState()
  const list = useRef<HTMLDivElement>(null)
  const gone = selected !== undefined && phase === 'done' && records.every(({ id }) => id !== selected)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end can come into view while a search runs
  const onEnd = useCallback(() => void loadMore(), [loadMore, phase])
  return (
    <>
      <div className={classes.toolbar}>
        <ShownSwitch store={store} />
        {engine === undefined ? <ResultSummary store={store} /> : <EngineSummary store={store} />}
        <LineTools store={store} plane={plane} />
      </div>
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
        {records.length === 0 ? (
          <p className={classes.none} role="status">
            {nothing}
          </p>
        ) : (
          <LineList
            store={store}
            records={records}
            selected={selected}
            label={t('logs.lines.list')}
            place={place}
            followsEnd={following && order === 'oldest'}
            onEnd={onEnd}
            onScrolled={({ atStart, atEnd }) => scrolled((order === 'newest' ? atStart : atEnd) ? 'newest' : 'away')}
            onEscape={() => select(undefined)}
          />
        )}
        {pending > 0 && (
          <Button
            className={classes.pill}
            data-at={order}
            size="compact-xs"
            radius="xl"
            leftSection={
              order === 'newest' ? <IconArrowUp size={14} aria-hidden /> : <IconArrowDown size={14} aria-hidden />
            }
            onClick={() => {
              showPending()
              const frame = list.current?.querySelector('[role=listbox]')
              requestAnimationFrame(() => frame?.scrollTo({ top: order === 'newest' ? 0 : frame.scrollHeight }))
            }}
          >
            {t('logs.lines.pending', { count: pending })}
          </Button>
        )}
      </div>
    </>
  )
}

/** In place of an empty list. */
function nothingText({ phase, filter, engine, engineProgress, problem }: LogsState): string {
  if (phase === 'searching') return t('logs.lines.searching')
  if (engine === undefined) return isFiltered(filter) ? t('logs.lines.none') : ''
  if (problem !== undefined) return ''
  return engineProgress?.isPaused === true
    ? t('logs.engine.notBegun')
    : t('logs.engine.nothing', { kind: engineKindName(engine) })
}

function summaryText({ phase, records, more, stats, filter }: LogsState): string {
  if (phase === 'searching') return t('logs.lines.searching')
  const kind = more ? filter.order : isFiltered(filter) ? 'matching' : 'all'
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
