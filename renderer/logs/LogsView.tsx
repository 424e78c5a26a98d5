import { Button } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { bytes, counted } from '../lib/time.ts'
import { Blank, Loading } from '../ui/Blank.tsx'
import { Confirm } from '../ui/Confirm.tsx'
import { IconLock, IconPlay, IconStop, IconTrash } from '../ui/icons.ts'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { operationStatus, Status, type StatusAppearance } from '../ui/Status.tsx'
import { Ago } from '../ui/Time.tsx'
import { Filters } from './Filters.tsx'
import { Histogram } from './Histogram.tsx'
import { Lines } from './Lines.tsx'
import classes from './Logs.module.css'
import type { LogsStore } from './store.ts'

export interface LogsViewProps {
  readonly plane: Plane
  readonly store: LogsStore
  /** The newest collecting of this plane. */
  readonly collecting: Operation | undefined
  readonly onStop: (operationId: string) => Promise<ProblemReport | undefined>
  /** Has the cluster gone? Then the logs are what there is. */
  readonly clusterGone: boolean
  readonly onProblem: (problem: ProblemReport | undefined) => void
}

/** What the plane's programs said, kept on this computer and searchable without the cluster. */
export function LogsView(props: LogsViewProps) {
  const { store, clusterGone } = props
  const status = useStore(store, (state) => state.status)
  const problem = useStore(store, (state) => state.problem)
  const search = useRef<HTMLInputElement>(null)

  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, [contenteditable]')) return
      event.preventDefault()
      search.current?.focus()
    }
    addEventListener('keydown', hear)
    return () => removeEventListener('keydown', hear)
  }, [])

  if (status === undefined) {
    return problem === undefined ? (
      <Loading what="logs" />
    ) : (
      <div className={classes.view}>
        <ProblemNotice problem={problem} />
      </div>
    )
  }
  const empty = status.records === 0
  return (
    <div className={classes.view}>
      <StatusBar {...props} />
      {clusterGone && (
        <Notice
          tone="warn"
          role="status"
          title="The cluster does not answer. What was collected is on this computer and can be searched."
        />
      )}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {empty ? (
        <Blank title="No logs collected yet">
          {status.collecting
            ? 'Collecting has begun. Lines show here as they arrive.'
            : 'Collect them to search them here, also when the cluster is gone. They are kept encrypted on this computer.'}
        </Blank>
      ) : (
        <>
          <Filters store={store} searchRef={search} />
          <Histogram store={store} />
          <Lines store={store} />
        </>
      )}
    </div>
  )
}

const notCollecting: StatusAppearance = { ...operationStatus.cancelled, label: 'Not collecting' }
const collectingLook: StatusAppearance = { ...operationStatus.running, label: 'Collecting' }
const guards = { keychain: 'the keychain', passphrase: 'a vault with a passphrase' } as const

function StatusBar({ plane, store, collecting, onStop, onProblem, clusterGone }: LogsViewProps) {
  const status = useStore(store, (state) => state.status)
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  if (status === undefined) return null
  const ask = (verb: () => Promise<ProblemReport | undefined>) => {
    setBusy(true)
    void verb().then((problem) => {
      setBusy(false)
      onProblem(problem)
    })
  }
  const running = collecting?.state === 'running' ? collecting : undefined
  return (
    <div className={classes.bar}>
      <Status appearance={status.collecting ? collectingLook : notCollecting} />
      {running !== undefined ? (
        <Button
          variant="default"
          size="compact-xs"
          loading={busy}
          leftSection={<IconStop size={14} aria-hidden />}
          onClick={() => ask(() => onStop(running.id))}
        >
          Stop collecting
        </Button>
      ) : (
        !status.collecting && (
          <Button
            size="compact-xs"
            variant={status.records === 0 ? 'filled' : 'default'}
            loading={busy}
            disabled={clusterGone}
            leftSection={<IconPlay size={14} aria-hidden />}
            onClick={() => ask(store.getState().collect)}
          >
            Collect logs
          </Button>
        )
      )}
      <span className={`${classes.quiet} numbers`}>
        {counted(status.records, 'line')}, {bytes(status.storedBytes)} on disk for {bytes(status.rawBytes)} of text
        {status.newest !== null && (
          <>
            , newest <Ago at={status.newest} />
          </>
        )}
      </span>
      <span className={classes.guard}>
        <IconLock size={14} aria-hidden /> Encrypted, key in {guards[status.protection]}
      </span>
      {status.records > 0 && (
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconTrash size={14} aria-hidden />}
          onClick={() => setAsking(true)}
        >
          Delete logs …
        </Button>
      )}
      <Confirm
        opened={asking}
        title={`Delete the collected logs of ${plane.name}?`}
        verb="Delete logs"
        onClose={() => setAsking(false)}
        onConfirm={async () => onProblem(await store.getState().purge())}
      >
        {counted(status.records, 'line')} on this computer are destroyed, first the key, then the files. This cannot be
        taken back. Logs in the cluster are not touched.
      </Confirm>
    </div>
  )
}
