// biome-ignore-all lint/a11y/useFocusableInteractive: the list has the focus, and aria-activedescendant
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the list handles the keys for its rows, and has aria-activedescendant
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useReducer,
  useRef,
} from 'react'
import { listMoves } from './listMoves.ts'
import {
  type Anchor,
  anchorAt,
  drawnRows,
  endingWith,
  listStart,
  movedBy,
  placesInView,
  type RowGeometry,
  scrollHeightOf,
  scrollTopOf,
  showing,
  within,
} from './placedRows.ts'
import classes from './VirtualList.module.css'

export type PlacesInView = ReturnType<typeof placesInView>

/** A place to scroll to, each time that it is another object. */
export interface ListGoal {
  readonly place: number
}

/** Where a list is scrolled to, for one that is shown again later. */
export interface KeptPlace {
  anchor: Anchor
  /** The last one that was reached. */
  goal: ListGoal | undefined
}

export const newPlace = (): KeptPlace => ({ anchor: listStart, goal: undefined })

export interface PlacedListProps<Item> {
  /** A part of the list without a gap. */
  readonly items: readonly Item[]
  /** The place of the first of the items. */
  readonly first: number
  /** Rows of the whole list, as far as they are known. */
  readonly count: number
  /** Whether there are no more than `count`. */
  readonly isCounted: boolean
  readonly keyOf: (item: Item) => string
  readonly label: string
  readonly rowHeight: number
  readonly selected: string | undefined
  readonly onSelect: (key: string) => void
  /** Selects a row that is not among the items. */
  readonly onSelectAt: (place: number) => void
  readonly renderRow: (item: Item) => ReactNode
  readonly onFold?: (item: Item, expanded: 'yes' | 'no') => void
  /** The rows that are drawn: of them, those that are not among the items are to be loaded. */
  readonly onDrawn: (from: number, to: number) => void
  readonly onScrolled: (places: PlacesInView) => void
  readonly onEscape: () => void
  /** Rows are as high as their content, and at least `rowHeight`. */
  readonly measured: boolean
  readonly kept: RefObject<KeptPlace>
  /** The list stays at its end while rows are added there. */
  readonly followsEnd: boolean
  readonly goal: ListGoal | undefined
}

/** Rows rendered beyond the visible ones, for fast scrolling. */
const overscan = 20
/** A scroll over more than so many views is a jump: by the thumb of the scrollbar. */
const jumpViews = 2
/** The scrollbar is put to its exact position so long after the last scroll. */
const settledMs = 120
const maxMeasured = 5_000

/**
 * A list of any length of which a part is loaded. Each row has its exact place; the scrollbar is that of the whole list. Rows
 * are drawn relative to the view, so that neither their number nor their heights have a limit.
 */
export function PlacedList<Item>(props: PlacedListProps<Item>) {
  const { items, first, count, keyOf, selected, measured, rowHeight, kept, goal } = props
  const frame = useRef<HTMLDivElement>(null)
  const layer = useRef<HTMLDivElement>(null)
  const [, draw] = useReducer((times: number) => times + 1, 0)
  const heights = useRef(new Map<string, number>())
  const scrolledTo = useRef(0)
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined)
  /** A row that was scrolled to before its height was known. */
  const revealed = useRef<number>(undefined)
  const prefix = useId()
  const idOf = (place: number) => `${prefix}row${place}`

  const itemAt = (place: number): Item | undefined => items[place - first]
  const rows: RowGeometry = {
    count,
    viewHeight: frame.current?.clientHeight ?? 600,
    heightOf: (place) => {
      const item = measured ? itemAt(place) : undefined
      return (item === undefined ? undefined : heights.current.get(keyOf(item))) ?? rowHeight
    },
    typicalHeight: measured ? average(heights.current, rowHeight) : rowHeight,
  }
  const staying = useRef<StayingRow>({ key: undefined, atStart: true, atEnd: false })
  const anchor = stayingAnchor(props, kept.current.anchor, staying.current, rows)
  const drawn = drawnRows(anchor, rows, overscan)
  const index = selected === undefined ? -1 : items.findIndex((item) => keyOf(item) === selected)
  const selectedPlace = index < 0 ? undefined : first + index

  function settle() {
    settling.current = undefined
    const list = frame.current
    if (list === null) return
    const wanted = scrollTopOf(kept.current.anchor, rows)
    if (Math.abs(list.scrollTop - wanted) >= 1) list.scrollTop = wanted
    scrolledTo.current = list.scrollTop
  }
  const settleLatest = useRef(settle)

  function moveTo(next: Anchor) {
    kept.current.anchor = next
    const places = placesInView(next, rows)
    staying.current = { key: undefined, ...places }
    props.onScrolled(places)
    draw()
  }

  useLayoutEffect(() => {
    kept.current.anchor = anchor
    const item = itemAt(anchor.place)
    staying.current = { key: item && keyOf(item), ...placesInView(anchor, rows) }
    settleLatest.current = settle
    if (measured && measure(layer.current, heights.current, (place) => itemAt(place), keyOf)) {
      if (revealed.current !== undefined) kept.current.anchor = showing(revealed.current, anchor, rows, 'edge')
      draw()
      return
    }
    revealed.current = undefined
    // While it is scrolled, the scrollbar stays where the browser has it.
    if (settling.current === undefined) settle()
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: heights that were measured before mean nothing after the change
  useLayoutEffect(() => {
    heights.current.clear()
    draw()
  }, [measured])

  useEffect(() => {
    const observed = new ResizeObserver(() => {
      heights.current.clear()
      draw()
    })
    if (frame.current !== null) observed.observe(frame.current)
    return () => {
      observed.disconnect()
      clearTimeout(settling.current)
    }
  }, [])

  const [from, to] = [drawn[0]?.place ?? 0, drawn.at(-1)?.place ?? 0]
  const { onDrawn, onScrolled } = props
  // biome-ignore lint/correctness/useExhaustiveDependencies: also when other rows are loaded, or are to be
  useEffect(() => {
    onDrawn(from, to)
    onScrolled(placesInView(anchor, rows))
  }, [from, to, first, items, count, onDrawn])

  // biome-ignore lint/correctness/useExhaustiveDependencies: only another goal scrolls
  useEffect(() => {
    if (goal === undefined || goal === kept.current.goal) return
    kept.current.goal = goal
    moveTo(within({ place: goal.place, offset: 0 }, rows))
  }, [goal])

  // A row that is selected from elsewhere, such as by an address, scrolls into view once it is there.
  const shown = useRef(kept.current.anchor === listStart ? undefined : selected)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another selection scrolls
  useEffect(() => {
    if (selected === shown.current || (selected !== undefined && selectedPlace === undefined)) return
    shown.current = selected
    if (selectedPlace !== undefined) moveTo(showing(selectedPlace, kept.current.anchor, rows, 'middle'))
  }, [selected, selectedPlace])

  function scroll() {
    const list = frame.current
    if (list === null) return
    const { scrollTop, scrollHeight, clientHeight } = list
    const px = scrollTop - scrolledTo.current
    scrolledTo.current = scrollTop
    if (px === 0) return
    const isJump = Math.abs(px) > jumpViews * clientHeight
    moveTo(isJump ? anchorAt(scrollTop, rows) : movedBy(kept.current.anchor, px, rows))
    clearTimeout(settling.current)
    settling.current = setTimeout(() => settleLatest.current(), settledMs)
    // The browser scrolls no further, but the list may.
    if (scrollTop <= 0 || scrollTop >= scrollHeight - clientHeight - 1) settleLatest.current()
  }

  function select(place: number) {
    const item = itemAt(place)
    revealed.current = place
    moveTo(showing(place, kept.current.anchor, rows, 'edge'))
    if (item === undefined) return props.onSelectAt(place)
    shown.current = keyOf(item)
    props.onSelect(keyOf(item))
  }

  function press(event: KeyboardEvent) {
    const item = items[index]
    const move = listMoves[event.key]
    if (event.key === 'Escape') props.onEscape()
    else if (event.key === 'ArrowRight' && item !== undefined) props.onFold?.(item, 'yes')
    else if (event.key === 'ArrowLeft' && item !== undefined) props.onFold?.(item, 'no')
    else if (move === undefined || count === 0) return
    else {
      const page = Math.max(1, Math.floor(rows.viewHeight / rowHeight) - 1)
      const at = selectedPlace ?? anchor.place - 1
      select(Math.min(Math.max(move(at, count, page), 0), count - 1))
    }
    event.preventDefault()
  }

  const isDrawn = selectedPlace !== undefined && selectedPlace >= from && selectedPlace <= to
  return (
    <div
      ref={frame}
      className={classes.frame}
      role="listbox"
      aria-label={props.label}
      aria-activedescendant={isDrawn ? idOf(selectedPlace) : undefined}
      tabIndex={0}
      onKeyDown={press}
      onScroll={scroll}
    >
      <div className={classes.layered} role="presentation" style={{ height: scrollHeightOf(rows) }}>
        <div ref={layer} className={classes.layer} role="presentation">
          {drawn.map(({ place, top }) => {
            const item = itemAt(place)
            if (item === undefined) return null
            return (
              <div
                key={keyOf(item)}
                id={idOf(place)}
                className={classes.row}
                role="option"
                aria-selected={place === selectedPlace}
                aria-setsize={props.isCounted ? count : -1}
                aria-posinset={place + 1}
                data-place={place}
                style={{
                  [measured ? 'minHeight' : 'height']: rowHeight,
                  transform: `translateY(${top}px)`,
                }}
                onClick={() => props.onSelect(keyOf(item))}
              >
                {props.renderRow(item)}
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

/** The first row in view, and which ends of the list are. */
interface StayingRow {
  readonly key: string | undefined
  readonly atStart: boolean
  readonly atEnd: boolean
}

/** Rows that are added before those in view leave them where they are, except at the start of the list. */
function stayingAnchor<Item>(
  { items, first, count, keyOf, followsEnd }: PlacedListProps<Item>,
  anchor: Anchor,
  { key, atStart, atEnd }: StayingRow,
  rows: RowGeometry,
): Anchor {
  if (followsEnd && atEnd && !atStart) return endingWith(count - 1, rows)
  const item = items[anchor.place - first]
  if (atStart || key === undefined || (item !== undefined && keyOf(item) === key)) return within(anchor, rows)
  const index = items.findIndex((each) => keyOf(each) === key)
  return within(index < 0 ? anchor : { ...anchor, place: first + index }, rows)
}

function average(heights: ReadonlyMap<string, number>, otherwise: number): number {
  if (heights.size === 0) return otherwise
  let sum = 0
  for (const height of heights.values()) sum += height
  return sum / heights.size
}

/** Whether a row has another height than was known. */
function measure<Item>(
  layer: HTMLElement | null,
  heights: Map<string, number>,
  itemAt: (place: number) => Item | undefined,
  keyOf: (item: Item) => string,
): boolean {
  let changed = false
  for (const row of layer?.querySelectorAll<HTMLElement>(':scope > [data-place]') ?? []) {
    const item = itemAt(Number(row.dataset.place))
    if (item === undefined) continue
    const key = keyOf(item)
    // Not rounded: between rows of 41.6 px would be gaps.
    const { height } = row.getBoundingClientRect()
    if (heights.get(key) === height) continue
    heights.delete(key)
    heights.set(key, height)
    changed = true
  }
  for (const key of heights.keys()) {
    if (heights.size <= maxMeasured) break
    heights.delete(key)
  }
  return changed
}
