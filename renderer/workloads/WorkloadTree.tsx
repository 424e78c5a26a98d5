import { Box, Button } from '@mantine/core'
import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import { IconArrowDown, IconArrowUp } from '../ui/icons.ts'
import { Notice } from '../ui/Notice.tsx'
import { healthStatus, Status } from '../ui/Status.tsx'
import { VirtualList } from '../ui/VirtualList.tsx'
import { isFiltered } from './filter.ts'
import { healthOrder } from './health.ts'
import { foldedWith, type ShownRows, type WorkloadRow, workloadRows } from './rows.ts'
import { noWorkloadFilter, type Sort, type SortColumn } from './shown.ts'
import { nextSort } from './sort.ts'
import { ownerTree, type ShownSnapshot } from './tree.ts'
import { WorkloadDetails } from './WorkloadDetails.tsx'
import { WorkloadFilters } from './WorkloadFilters.tsx'
import { WorkloadLine } from './WorkloadLine.tsx'
import classes from './Workloads.module.css'
import type { WorkloadsViewProps } from './WorkloadsView.tsx'

const rowHeightPx = 30

export interface WorkloadTreeProps extends Pick<WorkloadsViewProps, 'store' | 'logsOf'> {
  readonly snapshot: ShownSnapshot
}

/** The filters, and the rows of the components, their controllers and pods. */
export function WorkloadTree({ snapshot, store, logsOf }: WorkloadTreeProps) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const { object: selected, filter, sort } = useStore(store, ({ shown }) => shown)
  const { show } = store.getState()
  const tree = useMemo(() => ownerTree(snapshot), [snapshot])
  // Typing stays ahead of thousands of rows.
  const searched = useDeferredValue(filter)
  const shown = useMemo(
    () => workloadRows(tree, { filter: searched, sort, folded: foldedWith(searched, folded) }),
    [tree, searched, sort, folded],
  )
  const isGone =
    selected !== undefined &&
    !snapshot.objects.has(selected) &&
    tree.every(({ component }) => component.id !== selected)
  const selectedRow = shown.rows.find(({ key }) => key === selected)
  const selectedUid = selectedRow?.kind === 'object' ? selectedRow.object.uid : undefined
  const health = selectedRow?.kind === 'object' ? selectedRow.object.health : undefined

  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of health comes with new events
  useEffect(() => {
    void store.getState().loadEvents(selectedUid)
  }, [store, selectedUid, health])

  const fold = (row: WorkloadRow, expanded: boolean) => {
    if (row.expanded !== undefined) setFolded((before) => withKey(before, row.key, !expanded))
    // As in every tree: left leads from a row without rows below it to the row above it.
    else if (!expanded) show({ object: aboveOf(shown.rows, row)?.key ?? row.key })
  }

  return (
    <>
      <div className={classes.bar}>
        <Counts snapshot={snapshot} matching={isFiltered(searched) ? shown.matching : undefined} />
        <WorkloadFilters objects={snapshot.objects} filter={filter} onChange={(next) => show({ filter: next })} />
      </div>
      {isGone && (
        <Notice
          tone="warn"
          role="status"
          title={t('workloads.gone')}
          actions={
            <Button variant="default" size="compact-xs" onClick={() => show({ object: undefined })}>
              {t('ui.close')}
            </Button>
          }
        />
      )}
      <div className={classes.split}>
        <div className={classes.tree}>
          <Columns sort={sort} onSort={(column) => show({ sort: nextSort(sort, column) })} />
          <Rows
            shown={shown}
            onlyUnhealthy={searched.unhealthyOnly && !isFiltered({ ...searched, unhealthyOnly: false })}
            selected={selected}
            onSelect={(object) => show({ object })}
            onFold={fold}
            onClear={() => show({ filter: noWorkloadFilter })}
          />
        </div>
        <WorkloadDetails store={store} row={selectedRow} logsOf={logsOf} />
      </div>
    </>
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
  readonly onFold: (row: WorkloadRow, expanded: boolean) => void
  readonly onClear: () => void
}

function Rows({ shown: { rows }, onlyUnhealthy, selected, onSelect, onFold, onClear }: RowsProps) {
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
