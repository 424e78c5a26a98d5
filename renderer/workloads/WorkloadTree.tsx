import { Box, Button } from '@mantine/core'
import { useCallback, useDeferredValue, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { ObjectStatus } from '../../preload/contract/workloads.ts'
import { t } from '../strings/t.ts'
import { IconArrowDown, IconArrowUp } from '../ui/icons.ts'
import { Notice } from '../ui/Notice.tsx'
import { healthStatus, Status } from '../ui/Status.tsx'
import { VirtualList } from '../ui/VirtualList.tsx'
import { isFiltered } from './filter.ts'
import { healthOrder } from './health.ts'
import { foldedWith, type ShownRows, type WorkloadRow, workloadRows } from './rows.ts'
import { allEvents, noWorkloadFilter, type Sort, type SortColumn } from './shown.ts'
import { nextSort } from './sort.ts'
import type { WorkloadsStore } from './store.ts'
import { type ComponentBranch, ownerTree, type ShownSnapshot } from './tree.ts'
import { ComponentDrawer, EventsDrawer, ObjectDrawer } from './WorkloadDrawer.tsx'
import { WorkloadFilters } from './WorkloadFilters.tsx'
import { WorkloadLine } from './WorkloadLine.tsx'
import classes from './Workloads.module.css'

const rowHeightPx = 30

export interface WorkloadTreeProps {
  readonly snapshot: ShownSnapshot
  readonly store: WorkloadsStore
  /** Opens the logs of an object; undefined for an object without any. */
  readonly logsOf: (object: ObjectStatus) => (() => void) | undefined
}

/** The filters, the rows of the components, their controllers and pods, and the drawer of one of them. */
export function WorkloadTree({ snapshot, store, logsOf }: WorkloadTreeProps) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const { object: opened, filter, sort } = useStore(store, ({ shown }) => shown)
  const [cursor, setCursor] = useCursor(opened)
  const { show } = store.getState()
  const open = useCallback((object: string | undefined) => store.getState().show({ object }), [store])
  const tree = useMemo(() => ownerTree(snapshot), [snapshot])
  // Typing stays ahead of thousands of rows.
  const searched = useDeferredValue(filter)
  const shown = useMemo(
    () => workloadRows(tree, { filter: searched, sort, folded: foldedWith(searched, folded) }),
    [tree, searched, sort, folded],
  )
  const fold = (row: WorkloadRow, expanded: boolean) => {
    if (row.expanded !== undefined) setFolded((before) => withKey(before, row.key, !expanded))
    // As in every tree: left leads from a row without rows below it to the row above it.
    else if (!expanded) setCursor(aboveOf(shown.rows, row)?.key ?? row.key)
  }

  return (
    <>
      <div className={classes.bar}>
        <Counts snapshot={snapshot} matching={isFiltered(searched) ? shown.matching : undefined} />
        <Button variant="default" size="compact-xs" onClick={() => open(allEvents)}>
          {t('workloads.events.ofPlane')}
        </Button>
      </div>
      <WorkloadFilters objects={snapshot.objects} filter={filter} onChange={(next) => show({ filter: next })} />
      <OpenedDrawer store={store} snapshot={snapshot} tree={tree} opened={opened} onOpen={open} logsOf={logsOf} />
      <div className={classes.tree}>
        <Columns sort={sort} onSort={(column) => show({ sort: nextSort(sort, column) })} />
        <Rows
          shown={shown}
          onlyUnhealthy={searched.unhealthyOnly && !isFiltered({ ...searched, unhealthyOnly: false })}
          selected={cursor}
          onSelect={setCursor}
          onOpen={open}
          onFold={fold}
          onClear={() => show({ filter: noWorkloadFilter })}
        />
      </div>
    </>
  )
}

/** The row where the keyboard is: it moves without opening anything, and follows what is opened. */
function useCursor(opened: string | undefined) {
  const [cursor, setCursor] = useState(opened)
  const [followed, setFollowed] = useState(opened)
  if (followed !== opened) {
    setFollowed(opened)
    if (opened !== undefined) setCursor(opened)
  }
  return [cursor, setCursor] as const
}

interface OpenedDrawerProps extends WorkloadTreeProps {
  readonly tree: readonly ComponentBranch[]
  readonly opened: string | undefined
  readonly onOpen: (key: string | undefined) => void
}

function OpenedDrawer({ store, snapshot, tree, opened, onOpen, logsOf }: OpenedDrawerProps) {
  // What was open and is gone from the cluster stays open, as it was last.
  const [last, setLast] = useState<ObjectStatus | undefined>(undefined)
  const current = opened === undefined ? undefined : snapshot.objects.get(opened)
  if (current !== undefined && current !== last) setLast(current)
  const object = current ?? (last?.uid === opened ? last : undefined)
  const component = tree.find((each) => each.component.id === opened)?.component
  const close = () => onOpen(undefined)
  if (opened === undefined) return null
  if (opened === allEvents) return <EventsDrawer store={store} onClose={close} />
  if (component !== undefined) {
    return <ComponentDrawer component={component} snapshot={snapshot} onOpen={onOpen} onClose={close} />
  }
  if (object !== undefined) {
    return (
      <ObjectDrawer
        store={store}
        object={object}
        snapshot={snapshot}
        isGone={current === undefined && snapshot.connection.state === 'live'}
        onOpen={onOpen}
        onLogs={logsOf(object)}
        onClose={close}
      />
    )
  }
  // Until everything is listed, it may still come.
  if (snapshot.connection.state === 'connecting') return null
  return (
    <Notice
      tone="warn"
      role="status"
      title={t('workloads.gone')}
      actions={
        <Button variant="default" size="compact-xs" onClick={close}>
          {t('ui.close')}
        </Button>
      }
    />
  )
}

function withKey(keys: ReadonlySet<string>, key: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(keys)
  if (isIn) next.add(key)
  else next.delete(key)
  return next
}

function aboveOf(rows: readonly WorkloadRow[], row: WorkloadRow): WorkloadRow | undefined {
  return rows.slice(0, rows.indexOf(row)).findLast(({ level }) => level < row.level)
}

interface RowsProps {
  readonly shown: ShownRows
  readonly onlyUnhealthy: boolean
  readonly selected: string | undefined
  readonly onSelect: (key: string | undefined) => void
  readonly onOpen: (key: string) => void
  readonly onFold: (row: WorkloadRow, expanded: boolean) => void
  readonly onClear: () => void
}

function Rows({ shown: { rows }, onlyUnhealthy, selected, onSelect, onOpen, onFold, onClear }: RowsProps) {
  if (rows.length === 0) {
    return (
      <div className={classes.none} role="status">
        <p className={classes.quiet}>{t(onlyUnhealthy ? 'workloads.allHealthy' : 'workloads.noMatch')}</p>
        <Button variant="default" size="compact-xs" onClick={onClear}>
          {t('workloads.filter.clear')}
        </Button>
      </div>
    )
  }
  return (
    <VirtualList
      items={rows}
      keyOf={({ key }) => key}
      label={t('workloads.tree')}
      kind="tree"
      rowHeight={rowHeightPx}
      selected={selected}
      onSelect={onSelect}
      onOpen={onOpen}
      onEscape={() => onSelect(undefined)}
      markOf={({ level, expanded }) => (expanded === undefined ? { level } : { level, expanded })}
      onFold={(row, expanded) => onFold(row, expanded === 'yes')}
      renderRow={(row) => <WorkloadLine row={row} onFold={() => onFold(row, row.expanded === false)} />}
    />
  )
}

const columns = ['name', 'health', 'reason', 'ready', 'restarts', 'image', 'since'] as const

interface ColumnsProps {
  readonly sort: Sort | undefined
  readonly onSort: (column: SortColumn) => void
}

/** The heads of the columns: each sorts the components, and what is below each of them. */
function Columns({ sort, onSort }: ColumnsProps) {
  return (
    <Box className={classes.columns} role="group" aria-label={t('workloads.sort.label')}>
      {columns.map((column) =>
        column === 'reason' ? (
          <span key={column}>{t('workloads.column.reason')}</span>
        ) : (
          <ColumnHead key={column} column={column} sort={sort} onSort={onSort} />
        ),
      )}
    </Box>
  )
}

function ColumnHead({ column, sort, onSort }: ColumnsProps & { readonly column: SortColumn }) {
  const isSorted = sort?.column === column
  const order = isSorted ? (sort.reversed ? 'reversed' : 'first') : 'none'
  const Arrow = sort?.reversed ? IconArrowUp : IconArrowDown
  return (
    <button
      type="button"
      className={classes.head}
      aria-pressed={isSorted}
      title={t(`workloads.sort.${order}`, { by: t(`workloads.sort.by.${column}`) })}
      onClick={() => onSort(column)}
    >
      {t(`workloads.column.${column}`)}
      {isSorted && <Arrow size={13} aria-hidden />}
    </button>
  )
}

interface CountsProps {
  readonly snapshot: ShownSnapshot
  /** Undefined without a filter. */
  readonly matching: number | undefined
}

function Counts({ snapshot, matching }: CountsProps) {
  const count = snapshot.objects.size
  return (
    <ul className={classes.counts} aria-label={t('workloads.counts')}>
      {healthOrder.map((health) => {
        const components = snapshot.components.filter((component) => component.health === health).length
        if (components === 0) return null
        return (
          <li key={health}>
            <Status
              appearance={healthStatus[health]}
              label={t('workloads.count', { count: components, health: healthStatus[health].label })}
            />
          </li>
        )
      })}
      <li className={classes.quiet} aria-live="polite">
        {matching === undefined
          ? t('workloads.objects', { count })
          : t('workloads.matching', { count: matching, of: count })}
      </li>
    </ul>
  )
}
