import { Button } from '@mantine/core'
import { type RefObject, useCallback, useRef } from 'react'
import { useStore } from 'zustand'
import { span } from '../lib/time.ts'
import { t } from '../strings/t.ts'
import { IconArrowDown, IconArrowUp } from '../ui/icons.ts'
import { Notice } from '../ui/Notice.tsx'
import { type KeptPlace, newPlace } from '../ui/PlacedList.tsx'
import { EngineSummary } from './EngineSummary.tsx'
import type { ExportMenuProps } from './ExportMenu.tsx'
import { engineKindName } from './engineName.ts'
import { LineList } from './LineList.tsx'
import { LineTools } from './LineTools.tsx'
import classes from './Logs.module.css'
import { FindersContext, useFinders } from './Marked.tsx'
import { isFiltered } from './query.ts'
import { RecordDetails } from './RecordDetails.tsx'
import { RelatedLines } from './RelatedLines.tsx'
import { ShownSwitch } from './ShownSwitch.tsx'
import { listLength } from './segment.ts'
import type { LogsState, LogsStore } from './state.ts'

/** The matching lines or, in their place, those that are related to one; and the details of the selected line. */
export function Lines({ store, plane }: ExportMenuProps) {
  const related = useStore(store, (state) => state.related)
  const records = useStore(store, (state) => state.related?.records ?? state.records)
  const selected = useStore(store, ({ related: shown, ...state }) => (shown ?? state).selected)
  const finders = useFinders(useStore(store, (state) => state.filter.text))
  // The results are scrolled to the same place again after related lines.
  const kept = useRef(newPlace())
  const opened = useStore(store, (state) => state.opened)
  const open = records.find(({ id }) => id === selected) ?? (opened?.id === selected ? opened : undefined)
  return (
    <FindersContext value={finders}>
      {related === undefined ? (
        <Results store={store} plane={plane} kept={kept} />
      ) : (
        <RelatedLines store={store} plane={plane} related={related} />
      )}
      {open !== undefined && (
        <RecordDetails key={open.id} record={open} store={store} onClose={() => store.getState().select(undefined)} />
      )}
    </FindersContext>
  )
}

function Results({ store, plane, kept }: ExportMenuProps & { readonly kept: RefObject<KeptPlace> }) {
  const records = useStore(store, (state) => state.records)
  const selected = useStore(store, (state) => state.selected)
  const pending = useStore(store, (state) => state.pending)
  const first = useStore(store, (state) => state.first)
  const length = useStore(store, listLength)
  const goal = useStore(store, (state) => state.goal)
  const isCounted = useStore(store, ({ count, more }) => count?.isComplete ?? !more)
  const opened = useStore(store, (state) => state.opened)
  const phase = useStore(store, (state) => state.phase)
  const following = useStore(store, (state) => state.following)
  const order = useStore(store, (state) => state.filter.order)
  const nothing = useStore(store, nothingText)
  const engine = useStore(store, (state) => state.engine)
  const { select, selectAt, load, scrolled, showPending } = store.getState()
  const gone =
    selected !== undefined && selected !== opened?.id && phase === 'done' && records.every(({ id }) => id !== selected)
  // biome-ignore lint/correctness/useExhaustiveDependencies: places can come into view while a search runs
  const onDrawn = useCallback((from: number, to: number) => load(from, to), [load, phase])
  return (
    <>
      <div className={classes.toolbar}>
        <ShownSwitch store={store} />
        {engine === undefined ? <ResultSummary store={store} /> : <EngineSummary store={store} />}
        {engine === undefined && <Position store={store} />}
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
      <div className={classes.lines}>
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
            placed={{
              first,
              count: length,
              isCounted,
              goal,
              kept,
              followsEnd: following && order === 'oldest',
              onDrawn,
              onScrolled: scrolled,
              onSelectAt: selectAt,
            }}
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
            onClick={showPending}
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

function summaryText(state: LogsState): string {
  const { phase, count, more, stats, filter } = state
  if (phase === 'searching') return t('logs.lines.searching')
  const isCounted = count?.isComplete ?? !more
  const kind = isCounted ? (isFiltered(filter) ? 'matching' : 'all') : 'counting'
  const lines = t(`logs.lines.${kind}`, { count: listLength(state) })
  return stats === undefined ? lines : t('logs.lines.elapsed', { lines, elapsed: span(stats.elapsedMs) })
}

/** The places in view. Not announced: it changes with each row that is scrolled. */
function Position({ store }: { readonly store: LogsStore }) {
  const text = useStore(store, ({ seen, records }) =>
    seen === undefined || records.length === 0
      ? ''
      : t('logs.lines.position', { from: seen.from + 1, to: seen.to + 1 }),
  )
  return <p className={`${classes.found} numbers`}>{text}</p>
}

function ResultSummary({ store }: { readonly store: LogsStore }) {
  const text = useStore(store, summaryText)
  return (
    <p className={`${classes.found} numbers`} role="status">
      {text}
    </p>
  )
}
