import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import { IconPause, IconPlay } from '../ui/icons.ts'
import { useTimeFormat } from '../ui/timeFormat.ts'
import classes from './Logs.module.css'
import type { LogsState, LogsStore } from './state.ts'

/** How far the search of an engine is, and the button that pauses or continues it. */
export function EngineSummary({ store }: { readonly store: LogsStore }) {
  const { full } = useTimeFormat()
  const text = useStore(store, (state) => engineText(state, full))
  const phase = useStore(store, (state) => state.phase)
  const isPaused = useStore(store, (state) => state.engineProgress?.isPaused === true)
  const failed = useStore(store, (state) => state.problem !== undefined && state.engineProgress?.next === undefined)
  const isSearching = phase === 'searching' || phase === 'more'
  const { stopSearch, continueSearch } = store.getState()
  return (
    <>
      <p className={`${classes.found} numbers`} role="status">
        {text}
      </p>
      {isSearching && (
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconPause size={14} aria-hidden />}
          onClick={() => stopSearch()}
        >
          {t('logs.engine.pause')}
        </Button>
      )}
      {!isSearching && isPaused && (
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconPlay size={14} aria-hidden />}
          onClick={() => void continueSearch()}
        >
          {t(failed ? 'logs.engine.again' : 'logs.engine.continue')}
        </Button>
      )}
    </>
  )
}

function engineText(
  { phase, records, more, problem, engineProgress, filter }: LogsState,
  full: (at: string) => string,
): string {
  if (engineProgress === undefined) return phase === 'done' ? '' : t('logs.lines.searching')
  const { linesRead, reached, isPaused } = engineProgress
  const { order } = filter
  const place = { count: records.length, lines: linesRead, reached: reached == null ? 'none' : full(reached) }
  if (phase !== 'done') return t(`logs.engine.searching.${order}`, place)
  if (problem !== undefined && records.length === 0) return t('logs.engine.failed')
  if (isPaused) return t(`logs.engine.paused.${order}`, place)
  return more ? t(`logs.engine.full.${order}`, place) : t('logs.engine.all', place)
}
