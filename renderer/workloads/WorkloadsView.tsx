import { Button, Checkbox } from '@mantine/core'
import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { ObjectStatus } from '../../preload/contract/workloads.ts'
import { age } from '../lib/time.ts'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { CutName } from '../ui/CutName.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { IconChevronDown, IconChevronRight } from '../ui/icons.ts'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { SearchField } from '../ui/SearchField.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { healthStatus, Status } from '../ui/Status.tsx'
import { Ago, At } from '../ui/Time.tsx'
import { useNow } from '../ui/useNow.ts'
import { VirtualList } from '../ui/VirtualList.tsx'
import { type Expected, healthOrder, shownComponents } from './health.ts'
import { matchingRows, otherId, type ShownSnapshot, type WorkloadRow, workloadRows } from './rows.ts'
import { shownState, type WorkloadsStore } from './store.ts'
import { WorkloadDetails } from './WorkloadDetails.tsx'
import classes from './Workloads.module.css'

const rowHeightPx = 30
const noneFolded: ReadonlySet<string> = new Set()

export interface WorkloadsViewProps {
  readonly store: WorkloadsStore
  readonly expected: Expected
  /** Opens the logs of an object; undefined for an object without any. */
  readonly logsOf: (object: ObjectStatus) => (() => void) | undefined
}

/** The components of the plane with their objects in the cluster, live or as last known. */
export function WorkloadsView({ store, expected, logsOf }: WorkloadsViewProps) {
  const reported = useStore(store, (state) => state.snapshot)
  const snapshot = useMemo(
    () => reported && { ...reported, components: shownComponents(reported.components, expected) },
    [reported, expected],
  )
  const problem = useStore(store, (state) => state.problem)
  if (snapshot === undefined) {
    return problem === undefined ? (
      <Loading what={t('workloads.loading')} />
    ) : (
      <div className={classes.view}>
        <ProblemNotice problem={problem} />
      </div>
    )
  }
  return (
    <div className={classes.view}>
      <StaleNotice snapshot={snapshot} />
      {snapshot.components.length === 0 && snapshot.objects.size === 0 ? (
        <EmptyState drawing="parts" title={t('workloads.emptyTitle')}>
          {t('workloads.empty')}
        </EmptyState>
      ) : (
        <Tree snapshot={snapshot} store={store} logsOf={logsOf} />
      )}
    </div>
  )
}

function StaleNotice({ snapshot: { asOf, connection, objects } }: { readonly snapshot: ShownSnapshot }) {
  const state = shownState(connection)
  if (state === 'live') return null
  const lost = state === 'stale'
  const problem = connection.problem
  return (
    <Notice tone={state === 'connecting' ? 'busy' : 'warn'} role="status" title={t(`workloads.notice.${state}`)}>
      <div>
        {asOf === null ? (
          t(objects.size === 0 ? 'workloads.notice.unknown' : 'workloads.notice.partial')
        ) : (
          <Rich
            message="workloads.notice.lastKnown"
            values={{ at: <At key="at" at={asOf} />, ago: <Ago key="ago" at={asOf} /> }}
          />
        )}
        {lost && ` ${t('workloads.notice.reconnects')}`}
      </div>
      {problem !== undefined && state !== 'refused' && (
        <div>{t('workloads.notice.problem', { message: problem.message, hint: problem.hint })}</div>
      )}
    </Notice>
  )
}

interface TreeProps extends Pick<WorkloadsViewProps, 'store' | 'logsOf'> {
  readonly snapshot: ShownSnapshot
}

function Tree({ snapshot, store, logsOf }: TreeProps) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const { object: selected, unhealthyOnly, text } = useStore(store, ({ shown }) => shown)
  const { show } = store.getState()
  const setSelected = (object: string | undefined) => show({ object })
  // Typing stays ahead of thousands of rows.
  const searched = useDeferredValue(text)
  // A search looks into folded components, too.
  const rows = useMemo(
    () =>
      matchingRows(workloadRows(snapshot, searched === '' ? folded : noneFolded), { text: searched, unhealthyOnly }),
    [snapshot, folded, searched, unhealthyOnly],
  )
  const gone = useMemo(
    () => selected !== undefined && workloadRows(snapshot, noneFolded).every(({ key }) => key !== selected),
    [snapshot, selected],
  )
  const selectedRow = rows.find(({ key }) => key === selected)
  const selectedUid = selectedRow?.kind === 'object' ? selectedRow.object.uid : undefined
  const health = selectedRow?.kind === 'object' ? selectedRow.object.health : undefined

  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of health comes with new events
  useEffect(() => {
    void store.getState().loadEvents(selectedUid)
  }, [store, selectedUid, health])

  return (
    <>
      <div className={classes.bar}>
        <Counts snapshot={snapshot} />
        <div className={classes.filters}>
          <SearchField
            className={classes.search}
            label={t('workloads.search')}
            placeholder={t('workloads.searchHint')}
            value={text}
            onChange={(next) => show({ text: next })}
          />
          <Checkbox
            label={t('workloads.unhealthyOnly')}
            checked={unhealthyOnly}
            onChange={({ currentTarget }) => show({ unhealthyOnly: currentTarget.checked })}
          />
        </div>
      </div>
      {gone && (
        <Notice
          tone="warn"
          role="status"
          title={t('workloads.gone')}
          actions={
            <Button variant="default" size="compact-xs" onClick={() => setSelected(undefined)}>
              {t('ui.close')}
            </Button>
          }
        />
      )}
      <div className={classes.split}>
        <div className={classes.tree}>
          <div className={classes.columns} aria-hidden>
            <span>{t('workloads.column.name')}</span>
            <span>{t('workloads.column.health')}</span>
            <span>{t('workloads.column.reason')}</span>
            <span>{t('workloads.column.ready')}</span>
            <span>{t('workloads.column.age')}</span>
          </div>
          {rows.length === 0 ? (
            <p className={classes.quiet}>{t(searched === '' ? 'workloads.allHealthy' : 'workloads.noMatch')}</p>
          ) : (
            <VirtualList
              items={rows}
              keyOf={({ key }) => key}
              label={t('workloads.tree')}
              kind="tree"
              rowHeight={rowHeightPx}
              selected={selected}
              onSelect={setSelected}
              onEscape={() => setSelected(undefined)}
              markOf={(row) => (row.kind === 'component' ? { level: 1, expanded: row.expanded } : { level: 2 })}
              onFold={(row, expanded) => {
                if (row.kind !== 'component') return
                setFolded((before) =>
                  expanded === 'yes'
                    ? new Set([...before].filter((id) => id !== row.key))
                    : new Set([...before, row.key]),
                )
              }}
              renderRow={(row) => (
                <Line
                  row={row}
                  onFold={() =>
                    setFolded((before) =>
                      before.has(row.key)
                        ? new Set([...before].filter((id) => id !== row.key))
                        : new Set([...before, row.key]),
                    )
                  }
                />
              )}
            />
          )}
        </div>
        <WorkloadDetails store={store} row={selectedRow} logsOf={logsOf} />
      </div>
    </>
  )
}

const isOther = (row: WorkloadRow) => row.kind === 'component' && row.component.id === otherId

function Counts({ snapshot }: { readonly snapshot: ShownSnapshot }) {
  return (
    <ul className={classes.counts} aria-label={t('workloads.counts')}>
      {healthOrder.map((health) => {
        const count = snapshot.components.filter((component) => component.health === health).length
        if (count === 0) return null
        return (
          <li key={health}>
            <Status
              appearance={healthStatus[health]}
              label={t('workloads.count', { count, health: healthStatus[health].label })}
            />
          </li>
        )
      })}
      <li className={classes.quiet}>{t('workloads.objects', { count: snapshot.objects.size })}</li>
    </ul>
  )
}

function Line({ row, onFold }: { readonly row: WorkloadRow; readonly onFold: () => void }) {
  const now = useNow()
  if (row.kind === 'component') {
    const { title, health, reason, since } = row.component
    const Chevron = row.expanded ? IconChevronDown : IconChevronRight
    return (
      <div className={classes.line} data-kind="component">
        <span className={classes.name}>
          {/* For the mouse; the keyboard folds with the left and right arrows. */}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys */}
          {/* biome-ignore lint/a11y/noStaticElementInteractions: the treeitem has the role and the state */}
          <span
            className={classes.chevron}
            onClick={(event) => {
              event.stopPropagation()
              onFold()
            }}
          >
            <Chevron size={15} aria-hidden />
          </span>
          <CutName name={title} />
        </span>
        {isOther(row) ? <span /> : <Status appearance={healthStatus[health]} />}
        <span className={classes.why} title={reason}>
          {reason}
        </span>
        <span />
        <span className="numbers">{since !== undefined && age(since, now)}</span>
      </div>
    )
  }
  const { kind, name, health, reason, ready, total, createdAt, since } = row.object
  const from = since ?? createdAt
  return (
    <div className={classes.line} data-kind="object">
      <span className={classes.name} title={`${kind} ${name}`}>
        <span className={classes.kind}>{kind}</span>
        <CutName name={name} />
      </span>
      <Status appearance={healthStatus[health]} />
      <span className={classes.why} title={reason}>
        {reason}
      </span>
      <span className="numbers">{total !== undefined && `${ready ?? 0}/${total}`}</span>
      <span className="numbers">{from !== undefined && age(from, now)}</span>
    </div>
  )
}
