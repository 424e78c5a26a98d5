import { Button } from '@mantine/core'
import { type ReactNode, Suspense, useContext, useState } from 'react'
import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import { lazyView } from '../ui/lazyView.tsx'
import { ReadOnlyContext } from '../ui/readOnly.ts'
import { Loading } from '../ui/Skeleton.tsx'
import classes from './Connectivity.module.css'
import type { DocumentsStore } from './export/documents.ts'
import { ExportMenu } from './export/ExportMenu.tsx'
import type { HistoryStore } from './history/history.ts'
import { LatestRun } from './LatestRun.tsx'
import type { ConnectivityStore } from './store.ts'
import { WatchBar } from './watch/WatchBar.tsx'
import { type WatchesStore, watchOf } from './watch/watches.ts'

const EarlierRuns = lazyView(() => import('./history/EarlierRuns.tsx').then((file) => file.EarlierRuns))
const AllowListDialog = lazyView(() => import('./export/AllowListDialog.tsx').then((file) => file.AllowListDialog))
const WatchDialog = lazyView(() => import('./watch/WatchDialog.tsx').then((file) => file.WatchDialog))

export interface ConnectivityViewProps {
  readonly store: ConnectivityStore
  readonly history: HistoryStore
  readonly watches: WatchesStore
  readonly documents: DocumentsStore
  /** The plane's map, with the results of the latest run. */
  readonly map: ReactNode
}

/** Actions used less often than checking. */
const quiet = { variant: 'subtle', color: 'gray', size: 'compact-sm', className: classes.quietButton } as const

/** The latest run of a plane, its earlier runs, and what can be exported. */
export function ConnectivityView({ store, history, watches, documents, map }: ConnectivityViewProps) {
  const readOnly = useContext(ReadOnlyContext)
  const planeId = useStore(store, (state) => state.planeId)
  const rows = useStore(store, (state) => state.rows)
  const runId = useStore(store, ({ matrix }) => matrix.reportId)
  const showsHistory = useStore(history, ({ chosen }) => chosen.kind !== 'latest')
  const list = useStore(history, (state) => state.list)
  const watched = useStore(watches, watchOf(planeId))
  const setOptions = useStore(documents, (state) => state.setOptions)
  const [dialog, setDialog] = useState<{ readonly name: 'allow-list' | 'watch'; readonly opener: HTMLElement }>()
  // The focus returns to the button that opened the dialog.
  const close = () => {
    setDialog(undefined)
    setTimeout(() => dialog?.opener.focus())
  }
  if (planeId === undefined) return <Loading what={t('connectivity.loadingRows')} />
  if (showsHistory) {
    return (
      <Suspense fallback={<Loading what={t('connectivity.loadingRuns')} />}>
        <EarlierRuns store={history} latest={store} documents={documents} />
      </Suspense>
    )
  }
  return (
    <>
      <LatestRun
        store={store}
        map={map}
        more={
          <>
            <Button {...quiet} onClick={() => void list()}>
              {t('connectivity.action.earlierRuns')}
            </Button>
            {!readOnly && (
              <Button
                {...quiet}
                onClick={({ currentTarget }) => setDialog({ name: 'watch', opener: currentTarget })}
                aria-haspopup="dialog"
              >
                {t(watched === undefined ? 'connectivity.action.watch' : 'connectivity.action.editWatch')}
              </Button>
            )}
            {runId !== undefined && (
              <ExportMenu planeId={planeId} runId={runId} store={documents} buttonProps={quiet} />
            )}
            <Button
              {...quiet}
              onClick={({ currentTarget }) => {
                // Generated again each time the dialog opens: settings may have changed.
                void setOptions(planeId, { ...documents.getState().options, component: '' })
                setDialog({ name: 'allow-list', opener: currentTarget })
              }}
              aria-haspopup="dialog"
            >
              {t('connectivity.action.allowList')}
            </Button>
          </>
        }
        watch={watched !== undefined && <WatchBar state={watched} rows={rows} store={watches} />}
      />
      <Suspense>
        {dialog?.name === 'watch' && (
          <WatchDialog store={watches} connectivity={store} planeId={planeId} onClose={close} />
        )}
        {dialog?.name === 'allow-list' && (
          <AllowListDialog store={documents} planeId={planeId} rows={rows ?? []} onClose={close} />
        )}
      </Suspense>
    </>
  )
}
