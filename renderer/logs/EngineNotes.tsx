import { useStore } from 'zustand'
import type { LogEngine } from '../../preload/contract/logs.ts'
import { t } from '../strings/t.ts'
import { engineKindName } from './engineName.ts'
import classes from './Logs.module.css'
import type { LogsStore } from './state.ts'

interface EngineNotesProps {
  readonly store: LogsStore
  readonly engine: LogEngine
}

/** In place of the histogram: why there is none, and what a search of this engine reads. */
export function EngineNotes({ store, engine }: EngineNotesProps) {
  const isAnyTime = useStore(store, ({ filter }) => filter.range.kind === 'all')
  const isFiltered = useStore(store, ({ engineProgress }) => engineProgress?.isFiltered ?? true)
  const kind = engineKindName(engine)
  return (
    <p className={classes.notes}>
      <span>{t('logs.engine.noHistogram', { kind })}</span>
      {isAnyTime && <span>{t('logs.engine.defaultTime')}</span>}
      {!isFiltered && <span>{t('logs.engine.unfiltered', { kind })}</span>}
    </p>
  )
}
