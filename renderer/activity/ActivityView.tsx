import { Button } from '@mantine/core'
import { memo, useDeferredValue, useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { ActivityEntry } from '../../preload/contract/activity.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { OperationCard } from '../operations/OperationCard.tsx'
import type { OperationsStore } from '../operations/store.ts'
import { t } from '../strings/t.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { useTimeFormat } from '../ui/timeFormat.ts'
import { useNow } from '../ui/useNow.ts'
import classes from './Activity.module.css'
import { ActivityFilters } from './ActivityFilters.tsx'
import { EntryRow } from './EntryRow.tsx'
import { type EntryPlace, placeOf } from './entryPlace.ts'
import { isFiltered, matches, noActivityFilter } from './filter.ts'
import { type ActivityStore, allPlanes, filterOf } from './store.ts'
import { wordsOf } from './texts.ts'
import { byDay, type Day, timeline } from './timeline.ts'

export interface ActivityViewProps {
  readonly store: ActivityStore
  readonly operations: OperationsStore
  readonly planes: readonly Plane[]
  /** Shows only the activity of this plane; absent: all. */
  readonly planeId?: string
  /** The operation that the address names: open, and in view. */
  readonly item?: string | undefined
  readonly onItem: (operationId: string) => void
  readonly onProblem: (problem: ProblemReport | undefined) => void
  readonly onOpen: (place: EntryPlace) => void
  /** Shows the uninstall plan of a plane. */
  readonly onUninstall: (planeId: string) => void
}

/** So many entries are drawn at first, and more on demand. */
const drawnAtOnce = 200

/** More than a window has room for. Entries after these are laid out when they come into view, so that their height changes then. */
const laidOutAtOnce = 40

/** What happened to one plane, or to all planes, by day. */
export function ActivityView(props: ActivityViewProps) {
  const { store, operations: operationsStore, planes, planeId, item, onProblem } = props
  const scope = planeId ?? allPlanes
  const { entries, more, gaps, problem, setFilter, loadEarlier, watch } = useStore(store)
  const filter = useStore(store, filterOf(scope))
  const operations = useStore(operationsStore, (state) => state.operations)
  const operationsProblem = useStore(operationsStore, (state) => state.problem)
  const [drawn, setDrawn] = useState(drawnAtOnce)
  const wanted = useDeferredValue(filter)
  const { date } = useTimeFormat()
  useEffect(() => {
    const end = new AbortController()
    void watch(scope, end.signal)
    return () => end.abort()
  }, [watch, scope])

  const names = useMemo(() => new Map(planes.map(({ id, name }) => [id, name])), [planes])
  const all = useMemo(
    () =>
      entries === undefined || operations === undefined ? undefined : timeline({ entries, operations, planeId, more }),
    [entries, operations, planeId, more],
  )
  const shown = useMemo(() => {
    const nowMs = Date.now()
    const isNamed = (entry: ActivityEntry) => entry.kind === 'operation' && entry.operationId === item
    return all?.filter(
      (entry) => isNamed(entry) || matches(entry, wordsOf(entry, names.get(entry.planeId ?? '')), wanted, nowMs),
    )
  }, [all, wanted, names, item])
  const days = useMemo(() => byDay(shown?.slice(0, drawn) ?? [], date), [shown, drawn, date])
  const isLoaded = all !== undefined
  const firstProblem = problem ?? operationsProblem
  return (
    <div className={classes.activity}>
      {planeId === undefined && <h1 className={classes.heading}>{t('activity.title')}</h1>}
      <ActivityFilters
        filter={filter}
        planes={planeId === undefined ? planes : undefined}
        onChange={(change) => {
          setDrawn(drawnAtOnce)
          setFilter(scope, change)
        }}
      />
      {firstProblem !== undefined && <ProblemNotice problem={firstProblem} />}
      {gaps.unverifiedDays > 0 && (
        <Notice tone="warn" title={t('activity.unverified', { count: gaps.unverifiedDays })} />
      )}
      {gaps.fullDays > 0 && <Notice tone="busy" title={t('activity.full', { count: gaps.fullDays })} />}
      {!isLoaded && firstProblem === undefined && <Loading what={t('activity.loading')} />}
      {isLoaded && item !== undefined && operations?.every(({ id }) => id !== item) && (
        <Notice tone="warn" role="status" title={t('activity.gone')} />
      )}
      {all?.length === 0 && (
        <EmptyState drawing="clock" title={t('activity.emptyTitle')}>
          {t('activity.empty')}
        </EmptyState>
      )}
      {all !== undefined && all.length > 0 && shown?.length === 0 && isFiltered(filter) && (
        <EmptyState
          drawing="page"
          title={t('activity.noMatch')}
          action={
            <Button variant="default" onClick={() => setFilter(scope, noActivityFilter)}>
              {t('activity.clear')}
            </Button>
          }
        >
          {t('activity.noMatchAbout')}
        </EmptyState>
      )}
      {days.map((day, index) => (
        <DayOfActivity
          key={day.date}
          {...props}
          day={day}
          above={days.slice(0, index).reduce((sum, { entries: { length } }) => sum + length, 0)}
          names={names}
          allOperations={operations ?? []}
        />
      ))}
      {isLoaded && (more || (shown?.length ?? 0) > drawn) && (
        <Button
          variant="default"
          className={classes.earlier}
          onClick={() => {
            setDrawn(drawn + drawnAtOnce)
            if ((shown?.length ?? 0) <= drawn + drawnAtOnce && more) void loadEarlier().then(onProblem)
          }}
        >
          {t('activity.earlier')}
        </Button>
      )}
    </div>
  )
}

interface DayProps extends ActivityViewProps {
  readonly day: Day
  /** The number of entries of the days before. */
  readonly above: number
  readonly names: ReadonlyMap<string, string>
  readonly allOperations: readonly Operation[]
}

function DayOfActivity({ day, above, names, allOperations, ...props }: DayProps) {
  const { planeId, onOpen, operations, item, onItem, onProblem, onUninstall } = props
  const { zone } = useTimeFormat()
  const [first] = day.entries
  return (
    <section className={classes.day} aria-labelledby={`day-${day.date}`}>
      <header className={classes.dayHead}>
        <h2 id={`day-${day.date}`}>
          <DayName date={day.date} />
        </h2>
        <span className={classes.quiet}>
          {t('activity.entries', { count: day.entries.length })}
          {first !== undefined && ` · ${zone(new Date(first.at))}`}
        </span>
      </header>
      <ol className={classes.entries}>
        {day.entries.map((entry, index) => (
          <EntryLine
            key={entry.id}
            far={above + index >= laidOutAtOnce}
            entry={entry}
            operation={
              entry.kind === 'operation' ? allOperations.find(({ id }) => id === entry.operationId) : undefined
            }
            current={entry.kind === 'operation' && entry.operationId === item}
            planeName={planeId === undefined && entry.planeId !== null ? names.get(entry.planeId) : undefined}
            planes={names}
            store={operations}
            onOpen={onOpen}
            onItem={onItem}
            onProblem={onProblem}
            onUninstall={onUninstall}
          />
        ))}
      </ol>
    </section>
  )
}

interface EntryLineProps extends Pick<ActivityViewProps, 'onOpen' | 'onItem' | 'onProblem' | 'onUninstall'> {
  readonly entry: ActivityEntry
  /** It is below what a window shows at first. */
  readonly far: boolean
  readonly operation: Operation | undefined
  /** The address names its operation. */
  readonly current: boolean
  readonly planeName: string | undefined
  readonly planes: ReadonlyMap<string, string>
  readonly store: OperationsStore
}

/** It renders only if it changes: each page of earlier entries adds hundreds of lines. */
const EntryLine = memo(function EntryLine(props: EntryLineProps) {
  const { entry, far, operation, current, planeName, planes, store, onOpen, onItem, onProblem, onUninstall } = props
  const { time, full } = useTimeFormat()
  const place = placeOf(entry, planes)
  return (
    <li className={classes.line} data-entry={entry.kind} data-far={far || undefined}>
      <time className={`${classes.time} numbers`} dateTime={entry.at} title={full(entry.at)}>
        {time(entry.at)}
      </time>
      {operation === undefined ? (
        <EntryRow entry={entry} planeName={planeName} onOpen={place === undefined ? undefined : () => onOpen(place)} />
      ) : (
        <OperationCard
          operation={operation}
          store={store}
          planeName={planeName}
          current={current}
          onOpened={() => onItem(operation.id)}
          folded={operation.state === 'done' || operation.state === 'cancelled'}
          onProblem={onProblem}
          onUninstall={() => onUninstall(operation.planeId)}
        />
      )}
    </li>
  )
})

const dayMs = 86_400_000

/** "Today, 2026-03-01". */
function DayName({ date }: { readonly date: string }) {
  const now = useNow()
  const { date: dateOf } = useTimeFormat()
  const dateBefore = (ms: number) => dateOf(new Date(now - ms).toISOString())
  if (date === dateBefore(0)) return t('activity.today', { date })
  return date === dateBefore(dayMs) ? t('activity.yesterday', { date }) : date
}
