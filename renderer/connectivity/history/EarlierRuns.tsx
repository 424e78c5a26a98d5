import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import { Loading } from '../../ui/Blank.tsx'
import { IconArrowLeft, IconHistory } from '../../ui/icons.ts'
import { ProblemNotice } from '../../ui/Notice.tsx'
import classes from '../Connectivity.module.css'
import type { DocumentsStore } from '../export/documents.ts'
import type { ConnectivityStore } from '../store.ts'
import { ComparisonView } from './ComparisonView.tsx'
import { EarlierRun } from './EarlierRun.tsx'
import type { HistoryStore } from './history.ts'
import { RunList } from './RunList.tsx'

export interface EarlierRunsProps {
  readonly store: HistoryStore
  readonly now: ConnectivityStore
  readonly documents: DocumentsStore
}

/** Checks of the past: their list, one of them, or two of them side by side. Never mistaken for now. */
export function EarlierRuns({ store, now, documents }: EarlierRunsProps) {
  const { view, runs, busy, problem, close, list } = useStore(store)
  const rows = useStore(now, (state) => state.rows) ?? []
  const planeId = useStore(store, (state) => state.planeId)
  if (planeId === undefined) return null
  return (
    <div className={classes.view}>
      <div className={classes.bar}>
        <Button variant="default" leftSection={<IconArrowLeft size={15} aria-hidden />} onClick={close}>
          Back to now
        </Button>
        {view.kind !== 'list' && (
          <Button variant="default" leftSection={<IconHistory size={15} aria-hidden />} onClick={() => void list()}>
            Earlier checks
          </Button>
        )}
        {busy && (
          <span className={classes.quiet} role="status">
            Reading …
          </span>
        )}
      </div>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {view.kind === 'list' &&
        (runs === undefined ? (
          problem === undefined && <Loading what="the earlier checks" />
        ) : (
          <RunList runs={runs} store={store} onLatest={close} />
        ))}
      {view.kind === 'run' && (
        <EarlierRun view={view} rows={rows} store={store} planeId={planeId} documents={documents} />
      )}
      {view.kind === 'comparison' && <ComparisonView comparison={view.comparison} rows={rows} store={store} />}
    </div>
  )
}
