import { Button } from '@mantine/core'
import { useContext, useState } from 'react'
import { useStore } from 'zustand'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { bytes } from '../lib/time.ts'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { Confirm } from '../ui/Confirm.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { IconEye, IconLock, IconPlay, IconStop, IconTrash } from '../ui/icons.ts'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { ReadOnlyContext } from '../ui/readOnly.ts'
import { ReviewContext } from '../ui/review.ts'
import { Loading } from '../ui/Skeleton.tsx'
import { operationStatus, Status, type StatusAppearance } from '../ui/Status.tsx'
import { Ago } from '../ui/Time.tsx'
import { AccessRecord } from './AccessRecord.tsx'
import { EngineChooser } from './EngineChooser.tsx'
import { EngineNotes } from './EngineNotes.tsx'
import { FetchButton } from './FetchButton.tsx'
import { Filters } from './Filters.tsx'
import { Histogram } from './Histogram.tsx'
import { Lines } from './Lines.tsx'
import classes from './Logs.module.css'
import { Patterns } from './Patterns.tsx'
import { Retention } from './Retention.tsx'
import { SourceStates } from './SourceStates.tsx'
import type { LogsStore } from './state.ts'

export interface LogsViewProps {
  readonly plane: Plane
  readonly store: LogsStore
  /** The newest log collection of this plane. */
  readonly collecting: Operation | undefined
  readonly onStop: (operationId: string) => Promise<ProblemReport | undefined>
  /** Collection needs the cluster; search does not. */
  readonly clusterUnreachable: boolean
  readonly onProblem: (problem: ProblemReport | undefined) => void
  /** Opens the vault, and repeats what needed it. */
  readonly onLocked: (retry: () => void) => void
}

/** The logs of the plane, stored on this computer and searchable without the cluster. */
export function LogsView(props: LogsViewProps) {
  const { store, clusterUnreachable } = props
  const status = useStore(store, (state) => state.status)
  const problem = useStore(store, (state) => state.problem)
  const engine = useStore(store, (state) => state.engine)
  const shown = useStore(store, (state) => (state.related === undefined ? state.shown : 'lines'))

  if (status === undefined) {
    return problem === undefined ? (
      <Loading what={t('logs.loading')} />
    ) : (
      <div className={classes.view}>
        <ProblemNotice problem={problem} />
      </div>
    )
  }
  const empty = status.records === 0 && engine === undefined
  return (
    <div className={classes.view}>
      <StatusBar {...props} />
      {clusterUnreachable && (
        <Notice tone="warn" role="status" title={t('logs.unreachable.title')}>
          <div>{t(engine === undefined ? 'logs.unreachable.details' : 'logs.unreachable.engine')}</div>
        </Notice>
      )}
      {problem !== undefined && problem.code !== 'QUERY_INVALID' && <ProblemNotice problem={problem} />}
      {empty ? (
        <EmptyState drawing="page" title={t('logs.emptyTitle')}>
          {t(status.collecting ? 'logs.emptyCollecting' : 'logs.empty')}
        </EmptyState>
      ) : (
        <>
          <Filters store={store} />
          {engine === undefined ? <Histogram store={store} /> : <EngineNotes store={store} engine={engine} />}
          {shown === 'patterns' && engine === undefined ? (
            <Patterns store={store} />
          ) : (
            <Lines store={store} plane={props.plane.name} />
          )}
        </>
      )}
    </div>
  )
}

const notCollecting: StatusAppearance = { ...operationStatus.cancelled, label: t('logs.notCollecting') }
const collectingStatus: StatusAppearance = { ...operationStatus.running, label: t('logs.collecting') }

function StatusBar({ plane, store, collecting, onStop, onProblem, onLocked, clusterUnreachable }: LogsViewProps) {
  const status = useStore(store, (state) => state.status)
  const isHere = useStore(store, (state) => state.engine === undefined)
  const [asking, setAsking] = useState(false)
  const [auditing, setAuditing] = useState(false)
  const [busy, setBusy] = useState(false)
  const review = useContext(ReviewContext)
  const readOnly = useContext(ReadOnlyContext)
  if (status === undefined) return null
  const size = (
    <span className={`${classes.quiet} numbers`}>
      {t('logs.size', {
        count: status.records,
        stored: bytes(status.storedBytes),
        raw: bytes(status.rawBytes),
      })}
      {status.newest !== null && (
        <Rich message="logs.newest" values={{ ago: <Ago key="newest" at={status.newest} /> }} />
      )}
    </span>
  )
  if (readOnly)
    return (
      <div className={classes.bar}>
        {size}
        <span className={classes.quiet}>{t('logs.engine.recorded')}</span>
      </div>
    )
  const run = (action: () => Promise<ProblemReport | undefined>) => {
    setBusy(true)
    void action().then((problem) => {
      setBusy(false)
      onProblem(problem)
    })
  }
  const collect = async (): Promise<ProblemReport | undefined> => {
    const problem = await store.getState().collect()
    if (problem?.code === 'VAULT_LOCKED') {
      onLocked(() => run(collect))
      return undefined
    }
    if (problem?.code !== 'CONSENT_NEEDED' || review === undefined) return problem
    review(() => run(store.getState().collect))
    return undefined
  }
  const running = collecting?.state === 'running' ? collecting : undefined
  return (
    <div className={classes.bar}>
      <EngineChooser store={store} />
      <FetchButton store={store} />
      <SourceStates
        store={store}
        fallback={<Status appearance={status.collecting ? collectingStatus : notCollecting} />}
      />
      {running !== undefined ? (
        <Button
          variant="default"
          size="compact-xs"
          loading={busy}
          leftSection={<IconStop size={14} aria-hidden />}
          onClick={() => run(() => onStop(running.id))}
        >
          {t('logs.stop')}
        </Button>
      ) : (
        !status.collecting && (
          <Button
            size="compact-xs"
            variant={status.records === 0 ? 'filled' : 'default'}
            loading={busy}
            disabled={clusterUnreachable}
            leftSection={<IconPlay size={14} aria-hidden />}
            onClick={() => run(collect)}
          >
            {t('logs.collect')}
          </Button>
        )
      )}
      {isHere && size}
      <span className={classes.storage}>
        {isHere && (
          <>
            <span className={classes.protection}>
              <IconLock size={14} aria-hidden /> {t(`logs.protection.${status.protection}`)}
            </span>
            <Retention store={store} />
          </>
        )}
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconEye size={14} aria-hidden />}
          onClick={() => setAuditing(true)}
        >
          {t('logs.audit.open')}
        </Button>
        {isHere && status.records > 0 && (
          <Button
            variant="default"
            size="compact-xs"
            leftSection={<IconTrash size={14} aria-hidden />}
            onClick={() => setAsking(true)}
          >
            {t('logs.delete.open')}
          </Button>
        )}
      </span>
      {auditing && <AccessRecord store={store} onClose={() => setAuditing(false)} />}
      <Confirm
        opened={asking}
        title={t('logs.delete.title', { plane: plane.name })}
        verb={t('logs.delete.confirm')}
        onClose={() => setAsking(false)}
        onConfirm={async () => onProblem(await store.getState().purge())}
      >
        {t('logs.delete.about', { count: status.records })}
      </Confirm>
    </div>
  )
}
