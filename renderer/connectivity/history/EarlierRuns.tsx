import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import { t } from '../../strings/t.ts'
import { IconArrowLeft, IconHistory } from '../../ui/icons.ts'
import { ProblemNotice } from '../../ui/Notice.tsx'
import { Loading } from '../../ui/Skeleton.tsx'
import classes from '../Connectivity.module.css'
import type { DocumentsStore } from '../export/documents.ts'
import type { ConnectivityStore } from '../store.ts'
import { ComparisonView } from './ComparisonView.tsx'
import { EarlierRun } from './EarlierRun.tsx'
import type { HistoryStore } from './history.ts'
import { RunList } from './RunList.tsx'

export interface EarlierRunsProps {
  readonly store: HistoryStore
  readonly latest: ConnectivityStore
  readonly documents: DocumentsStore
}

/** The list of saved runs, one of them, or the comparison of two. */
export function EarlierRuns({ store, latest, documents }: EarlierRunsProps) {
  const { view, chosen, runs, busy, problem, close, list } = useStore(store)
  const rows = useStore(latest, (state) => state.rows) ?? []
  const planeId = useStore(store, (state) => state.planeId)
  if (planeId === undefined) return null
  return (
    <div className={classes.view}>
      <div className={classes.bar}>
        <Button variant="default" leftSection={<IconArrowLeft size={15} aria-hidden />} onClick={close}>
          {t('connectivity.history.back')}
        </Button>
        {chosen.kind !== 'list' && (
          <Button variant="default" leftSection={<IconHistory size={15} aria-hidden />} onClick={() => void list()}>
            {t('connectivity.history.title')}
          </Button>
        )}
        {busy && (
          <span className={classes.quiet} role="status">
            {t('connectivity.history.loading')}
          </span>
        )}
      </div>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {view.kind === 'list' &&
        (runs === undefined ? (
          problem === undefined && <Loading what={t('connectivity.loadingRuns')} />
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
