import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { t } from '../../strings/t.ts'
import { moveFocusByArrow } from '../../ui/arrowKeys.ts'
import { CutName } from '../../ui/CutName.tsx'
import { IconLoader, IconPin } from '../../ui/icons.ts'
import { Ago } from '../../ui/Time.tsx'
import type { FleetGroup, FleetPlane } from './arrange.ts'
import classes from './Fleet.module.css'
import { HealthRing, HoursBar, RunStrip } from './Marks.tsx'
import { type PlaneActions, PlaneMenu } from './PlaneMenu.tsx'
import { Reasons, reasonLines, reasonPx } from './Reasons.tsx'
import type { FleetShown } from './shown.ts'
import { standingStatus } from './standingStatus.ts'

export interface FleetListProps {
  readonly groups: readonly FleetGroup[]
  readonly grouped: boolean
  readonly layout: FleetShown['layout']
  readonly actions: PlaneActions
}

/** One line of the list: the name of a group, one row of the table, or as many tiles as are beside each other. */
type Line =
  | { readonly kind: 'group'; readonly key: string; readonly group: FleetGroup }
  | { readonly kind: 'planes'; readonly key: string; readonly planes: readonly FleetPlane[] }

/** Of a plane with one line of reasons. */
const lineHeightPx = { table: 55, tiles: 148 } as const
const groupHeightPx = 40
const narrowestTilePx = 300
const tileGapPx = 12
const overscan = 6

function linesOf(groups: readonly FleetGroup[], grouped: boolean, perLine: number): readonly Line[] {
  return groups.flatMap((group): Line[] => {
    const lines: Line[] = grouped ? [{ kind: 'group', key: `group ${group.name}`, group }] : []
    for (let at = 0; at < group.planes.length; at += perLine) {
      const planes = group.planes.slice(at, at + perLine)
      lines.push({ kind: 'planes', key: planes[0]?.plane.id ?? '', planes })
    }
    return lines
  })
}

/** All tiles of a line have the height of the one with the most to tell. */
function heightOf(line: Line | undefined, layout: FleetShown['layout']): number {
  if (line === undefined || line.kind === 'group') return groupHeightPx
  const reasons = Math.max(...line.planes.map(({ standing }) => reasonLines(standing)))
  return lineHeightPx[layout] + (reasons - 1) * reasonPx
}

/** Renders only the lines in view: the page scrolls, not the list. Arrows move among the planes. */
export function FleetList({ groups, grouped, layout, actions }: FleetListProps) {
  const list = useRef<HTMLDivElement>(null)
  const { width, top } = usePlaceOf(list)
  const perLine = layout === 'table' ? 1 : Math.max(1, Math.floor((width + tileGapPx) / (narrowestTilePx + tileGapPx)))
  const lines = useMemo(() => linesOf(groups, grouped, perLine), [groups, grouped, perLine])
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => list.current?.closest('main') ?? null,
    estimateSize: (index) => heightOf(lines[index], layout),
    getItemKey: (index) => lines[index]?.key ?? index,
    scrollMargin: top,
    overscan,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another layout and other reasons have other heights
  useLayoutEffect(() => virtual.measure(), [virtual, layout, lines])

  const rows = virtual.getVirtualItems().flatMap(({ index, start, size, key }) => {
    const line = lines[index]
    return line === undefined ? [] : [{ line, index, key, size, start: start - top }]
  })
  return (
    <section
      className={layout === 'table' ? classes.table : classes.tiles}
      aria-label={t('fleet.list')}
      onKeyDown={moveFocusByArrow}
    >
      {layout === 'table' && <TableHead />}
      <div ref={list} className={classes.lines} style={{ height: virtual.getTotalSize() }}>
        {rows.map(({ line, key, size, start }) => (
          <div key={key} className={classes.line} style={{ height: size, transform: `translateY(${start}px)` }}>
            {line.kind === 'group' ? (
              <h2 className={classes.group}>
                {line.group.name === '' ? t('fleet.without') : line.group.name}
                <span className={classes.quiet}>{t('fleet.total', { count: line.group.planes.length })}</span>
              </h2>
            ) : layout === 'table' ? (
              line.planes.map((item) => <Row key={item.plane.id} item={item} actions={actions} />)
            ) : (
              <div className={classes.tileLine} style={{ gridTemplateColumns: `repeat(${perLine}, minmax(0, 1fr))` }}>
                {line.planes.map((item) => (
                  <Tile key={item.plane.id} item={item} actions={actions} />
                ))}
              </div>
            )}
          </div>
        ))}
      </div>
    </section>
  )
}

/** Where the list begins in the page that scrolls, and how wide it is. */
function usePlaceOf(list: { readonly current: HTMLElement | null }): { readonly width: number; readonly top: number } {
  const [place, setPlace] = useState({ width: 0, top: 0 })
  useLayoutEffect(() => {
    const element = list.current
    const page = element?.closest('main')
    if (element === null || page === null || page === undefined) return
    const measure = () => {
      const top = Math.round(element.getBoundingClientRect().top - page.getBoundingClientRect().top + page.scrollTop)
      const width = element.clientWidth
      setPlace((before) => (before.width === width && before.top === top ? before : { width, top }))
    }
    measure()
    // What is above the list can grow: the list of what needs attention.
    const observer = new ResizeObserver(measure)
    for (const part of [page, ...(element.parentElement?.parentElement?.children ?? [])]) observer.observe(part)
    return () => observer.disconnect()
  }, [list])
  return place
}

const columns = ['plane', 'health', 'connections', 'hours', 'checked', 'version'] as const

const TableHead = () => (
  <div className={classes.tableHead} aria-hidden>
    {columns.map((column) => (
      <span key={column} data-column={column}>
        {t(`fleet.column.${column}`)}
      </span>
    ))}
  </div>
)

interface ItemProps {
  readonly item: FleetPlane
  readonly actions: PlaneActions
}

function PlaneName({ item: { plane, standing }, actions }: ItemProps) {
  const { icon: Icon, tone, label } = standingStatus[standing.kind]
  return (
    <>
      <Icon size={16} stroke={2} aria-hidden className={classes.icon} data-tone={tone} />
      <span className={classes.nameText}>
        <button
          type="button"
          className={classes.name}
          data-row
          title={plane.name}
          onClick={() => actions.open(plane.id, { tab: 'overview' })}
        >
          <CutName name={plane.name} />
          <span className="hidden">{`, ${label}`}</span>
        </button>
        {plane.pinned === true && (
          <IconPin size={12} className={classes.pin} role="img" aria-label={t('fleet.sidebar.pinned')} />
        )}
      </span>
    </>
  )
}

function Checked({ item: { summary } }: Pick<ItemProps, 'item'>): ReactNode {
  if (summary?.checking === true)
    return (
      <span className={classes.checking}>
        <IconLoader size={14} aria-hidden className="turning" />
        {t('fleet.checkingNow')}
      </span>
    )
  const at = summary?.observedAt ?? summary?.runs[0]?.at
  return at === undefined ? <span className={classes.quiet}>{t('fleet.never')}</span> : <Ago at={at} />
}

const Row = memo(function Row({ item, actions }: ItemProps) {
  const { plane, standing, summary } = item
  return (
    <article className={classes.row} data-kind={standing.kind} aria-label={plane.name}>
      <div className={classes.nameCell}>
        <PlaneName item={item} actions={actions} />
      </div>
      <span data-column="health">
        <HealthRing health={standing.health} />
      </span>
      <span data-column="connections">
        <RunStrip runs={summary?.runs ?? []} faults={summary?.faults} />
      </span>
      <span data-column="hours">
        <HoursBar hours={summary?.hours ?? []} />
      </span>
      <span data-column="checked" className={classes.quiet}>
        <Checked item={item} />
      </span>
      <span data-column="version" className={classes.quiet}>
        {summary?.observation?.version ?? '–'}
      </span>
      <PlaneMenu plane={plane} actions={actions} />
      <div className={classes.reasons}>
        <Reasons plane={plane.id} standing={standing} onOpen={actions.open} />
      </div>
    </article>
  )
})

const Tile = memo(function Tile({ item, actions }: ItemProps) {
  const { plane, standing, summary } = item
  return (
    <article className={classes.tile} data-kind={standing.kind} aria-label={plane.name}>
      <div className={classes.tileHead}>
        <PlaneName item={item} actions={actions} />
        <PlaneMenu plane={plane} actions={actions} />
      </div>
      <div className={classes.tileReasons}>
        <Reasons plane={plane.id} standing={standing} onOpen={actions.open} />
      </div>
      <div className={classes.tileMarks}>
        <HealthRing health={standing.health} />
        <RunStrip runs={summary?.runs ?? []} faults={summary?.faults} />
      </div>
      <div className={classes.tileMarks}>
        <HoursBar hours={summary?.hours ?? []} />
        <span className={classes.quiet}>
          <Checked item={item} />
        </span>
      </div>
    </article>
  )
})
