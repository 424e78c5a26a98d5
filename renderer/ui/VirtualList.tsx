// biome-ignore-all lint/a11y/noStaticElementInteractions: the roles are chosen at run time, which the linter cannot see
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: the same
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the list handles the keys for its rows, and has aria-activedescendant
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useLayoutEffect, useRef } from 'react'
import { listMoves } from './listMoves.ts'
import classes from './VirtualList.module.css'

interface RowMark {
  readonly level?: number
  readonly expanded?: boolean
}

export interface VirtualListProps<Item> {
  readonly items: readonly Item[]
  readonly keyOf: (item: Item) => string
  readonly label: string
  /** `tree`: rows have levels and can be folded with the left and right arrows. */
  readonly kind: 'listbox' | 'tree'
  /** In pixels at the default text size; the list scales it with the text. */
  readonly rowHeight: number
  readonly selected: string | undefined
  readonly onSelect: (key: string) => void
  /** Opens what a row is about: by a click or Enter. */
  readonly onOpen?: (key: string) => void
  readonly renderRow: (item: Item) => ReactNode
  readonly markOf?: (item: Item) => RowMark
  readonly onFold?: (item: Item, expanded: 'yes' | 'no') => void
  /** Called when the last loaded row comes into view. */
  readonly onEnd?: () => void
  readonly onScrolled?: (edges: ScrollEdges) => void
  readonly onEscape?: () => void
  /** Rows are as high as their content, and at least `rowHeight`. */
  readonly measured?: boolean
  /** Where the list is scrolled to, in pixels: kept by the caller, for a list that is shown again later. */
  readonly place?: RefObject<number>
  /** Rows that are added before the first one leave the visible rows where they are. */
  readonly anchored?: boolean
  /** The list stays at its end while rows are added there. */
  readonly followsEnd?: boolean
}

/** Whether the first and the last row are in view. */
export interface ScrollEdges {
  readonly atStart: boolean
  readonly atEnd: boolean
}

/** Rows rendered beyond the visible ones, for fast scrolling. */
const overscan = 20
/** Within this many pixels of an edge the list counts as being at it. */
const atEdgePx = 4

const edgesOf = ({ scrollTop, clientHeight, scrollHeight }: HTMLElement): ScrollEdges => ({
  atStart: scrollTop <= atEdgePx,
  atEnd: scrollTop + clientHeight >= scrollHeight - atEdgePx,
})

/** Renders only the visible rows. The keyboard moves the selection, and the list scrolls with it. */
export function VirtualList<Item>(props: VirtualListProps<Item>) {
  const { items, keyOf, label, kind, rowHeight, selected, onSelect, renderRow, markOf, onFold } = props
  const { onOpen, onEnd, onScrolled, onEscape, measured = false, place, anchored = false, followsEnd = false } = props
  const frame = useRef<HTMLDivElement>(null)
  const prefix = useId()
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => {
      const item = items[index]
      return item === undefined ? index : keyOf(item)
    },
    overscan,
    initialOffset: () => place?.current ?? 0,
  })
  const rows = virtual.getVirtualItems()
  const lastDrawn = rows.at(-1)?.index ?? -1
  const index = selected === undefined ? -1 : items.findIndex((item) => keyOf(item) === selected)
  const idOf = (at: number) => `${prefix}row${at}`

  useEffect(() => {
    if (lastDrawn >= 0 && lastDrawn >= items.length - 1) onEnd?.()
  }, [lastDrawn, items.length, onEnd])

  // A row that is selected from elsewhere, such as by an address, scrolls into view once it is there.
  const shown = useRef(place === undefined || place.current === 0 ? undefined : selected)
  useEffect(() => {
    if (selected === shown.current || (selected !== undefined && index < 0)) return
    shown.current = selected
    const { startIndex = 0, endIndex = 0 } = virtual.range ?? {}
    const isNear = index >= startIndex - 1 && index <= endIndex + 1
    if (index >= 0) virtual.scrollToIndex(index, { align: isNear ? 'auto' : 'center' })
  }, [selected, index, virtual])

  const firstItem = items[0]
  const firstKey = firstItem === undefined ? undefined : keyOf(firstItem)
  const firstBefore = useRef(firstKey)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another first row moves the others
  useLayoutEffect(() => {
    const before = firstBefore.current
    firstBefore.current = firstKey
    if (!anchored || before === undefined || before === firstKey) return
    const added = items.findIndex((item) => keyOf(item) === before)
    if (added > 0 && frame.current !== null) frame.current.scrollTop += added * rowHeight
  }, [firstKey])

  const isAtEnd = useRef(false)
  useLayoutEffect(() => {
    if (followsEnd && isAtEnd.current && items.length > 0) virtual.scrollToIndex(items.length - 1, { align: 'end' })
  }, [followsEnd, items.length, virtual])

  // biome-ignore lint/correctness/useExhaustiveDependencies: heights that were measured before mean nothing after the change
  useLayoutEffect(() => virtual.measure(), [measured])

  function press(event: KeyboardEvent) {
    const item = items[index]
    if (event.key === 'Escape' && onEscape !== undefined) onEscape()
    else if (event.key === 'Enter' && item !== undefined && onOpen !== undefined) onOpen(keyOf(item))
    else if (event.key === 'ArrowRight' && item !== undefined && onFold !== undefined) onFold(item, 'yes')
    else if (event.key === 'ArrowLeft' && item !== undefined && onFold !== undefined) onFold(item, 'no')
    else {
      const move = listMoves[event.key]
      if (move === undefined || items.length === 0) return
      const page = Math.max(1, Math.floor((frame.current?.clientHeight ?? 0) / rowHeight) - 1)
      const next = Math.min(Math.max(move(index, items.length, page), 0), items.length - 1)
      const target = items[next]
      if (target === undefined) return
      shown.current = keyOf(target)
      onSelect(keyOf(target))
      virtual.scrollToIndex(next)
    }
    event.preventDefault()
  }

  return (
    <div
      ref={frame}
      className={classes.frame}
      role={kind}
      aria-label={label}
      aria-activedescendant={rows.some((row) => row.index === index) ? idOf(index) : undefined}
      tabIndex={0}
      onKeyDown={press}
      onScroll={({ currentTarget }) => {
        const edges = edgesOf(currentTarget)
        isAtEnd.current = edges.atEnd
        if (place !== undefined) place.current = currentTarget.scrollTop
        onScrolled?.(edges)
      }}
    >
      <div className={classes.whole} role="presentation" style={{ height: virtual.getTotalSize() }}>
        {rows.map((row) => {
          const item = items[row.index]
          if (item === undefined) return null
          const mark = markOf?.(item)
          return (
            <div
              key={row.key}
              id={idOf(row.index)}
              className={classes.row}
              role={kind === 'tree' ? 'treeitem' : 'option'}
              aria-selected={row.index === index}
              aria-setsize={items.length}
              aria-posinset={row.index + 1}
              aria-level={mark?.level}
              aria-expanded={mark?.expanded}
              data-index={row.index}
              ref={measured ? virtual.measureElement : undefined}
              style={{
                [measured ? 'minHeight' : 'height']: measured ? rowHeight : row.size,
                transform: `translateY(${row.start}px)`,
              }}
              onClick={() => {
                onSelect(keyOf(item))
                onOpen?.(keyOf(item))
              }}
            >
              {renderRow(item)}
            </div>
          )
        })}
      </div>
    </div>
  )
}
