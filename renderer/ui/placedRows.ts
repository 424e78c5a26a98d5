/** Where a list is scrolled to: the first row in view, and how many pixels of it are above the view. */
export interface Anchor {
  readonly place: number
  readonly offset: number
}

/** Of a list of which only some rows are drawn, and measured. */
export interface RowGeometry {
  /** Of the whole list. */
  readonly count: number
  readonly viewHeight: number
  readonly heightOf: (place: number) => number
  /** Of rows that are not drawn. */
  readonly typicalHeight: number
}

/**
 * Browsers draw nothing below 16,777,214 px (Firefox: 17.9 million, Chromium: 33.5 million; less when zoomed). Beyond this
 * height a pixel of the scrollbar stands for more than one of the list.
 */
const maxHeightPx = 15_000_000

export const listStart: Anchor = { place: 0, offset: 0 }

/** The height that the browser scrolls. */
export const scrollHeightOf = ({ count, typicalHeight }: RowGeometry): number =>
  Math.min(count * typicalHeight, maxHeightPx)

/** Not beyond either end of the list; the offset is within its row. */
export function movedBy({ place, offset }: Anchor, px: number, rows: RowGeometry): Anchor {
  let [at, left] = [place, offset + px]
  while (left < 0 && at > 0) {
    at -= 1
    left += rows.heightOf(at)
  }
  while (at < rows.count - 1 && left >= rows.heightOf(at)) {
    left -= rows.heightOf(at)
    at += 1
  }
  return within({ place: at, offset: Math.max(0, left) }, rows)
}

const isBefore = (a: Anchor, b: Anchor): boolean => a.place < b.place || (a.place === b.place && a.offset < b.offset)

export function within(anchor: Anchor, rows: RowGeometry): Anchor {
  const last = endingWith(rows.count - 1, rows)
  return isBefore(last, anchor) ? last : anchor
}

/** Scrolled so that this row is the last one in view. */
export function endingWith(place: number, rows: RowGeometry): Anchor {
  let at = place
  let above = rows.viewHeight
  while (at >= 0) {
    above -= rows.heightOf(at)
    if (above <= 0) return { place: at, offset: Math.abs(above) }
    at -= 1
  }
  return listStart
}

/** Scrolled as little as possible so that the row is in view; `middle`: a row that is far away comes to the middle. */
export function showing(place: number, anchor: Anchor, rows: RowGeometry, far: 'edge' | 'middle'): Anchor {
  const lowest = endingWith(place, rows)
  const isAbove = isBefore({ place, offset: 0 }, anchor)
  if (!isAbove && !isBefore(anchor, lowest)) return anchor
  const isFar = Math.abs(place - anchor.place) * rows.typicalHeight > 2 * rows.viewHeight
  if (far === 'middle' && isFar) return movedBy({ place, offset: 0 }, -rows.viewHeight / 2, rows)
  return isAbove ? within({ place, offset: 0 }, rows) : lowest
}

/** The scroll position that stands for the anchor. */
export function scrollTopOf({ place, offset }: Anchor, rows: RowGeometry): number {
  const last = inRows(endingWith(rows.count - 1, rows), rows)
  if (last <= 0) return 0
  const share = inRows({ place, offset }, rows) / last
  return Math.min(share, 1) * (scrollHeightOf(rows) - rows.viewHeight)
}

/** The anchor for which a scroll position stands. */
export function anchorAt(scrollTop: number, rows: RowGeometry): Anchor {
  const last = inRows(endingWith(rows.count - 1, rows), rows)
  const share = scrollTop / Math.max(1, scrollHeightOf(rows) - rows.viewHeight)
  const at = Math.min(Math.max(share, 0), 1) * last
  const place = Math.floor(at)
  return within({ place, offset: (at - place) * rows.heightOf(place) }, rows)
}

const inRows = ({ place, offset }: Anchor, { heightOf }: RowGeometry): number =>
  place + offset / Math.max(1, heightOf(place))

export interface DrawnRow {
  readonly place: number
  /** From the top of the view, in pixels. */
  readonly top: number
}

/** The rows in view, and `overscan` rows before and after them. */
export function drawnRows(anchor: Anchor, rows: RowGeometry, overscan: number): DrawnRow[] {
  const { count, viewHeight, heightOf } = rows
  const above: DrawnRow[] = []
  let top = -anchor.offset
  for (let place = anchor.place - 1; place >= Math.max(0, anchor.place - overscan); place -= 1) {
    top -= heightOf(place)
    above.push({ place, top })
  }
  const drawn = above.reverse()
  let left = overscan
  top = -anchor.offset
  for (let place = anchor.place; place < count && left > 0; place += 1) {
    drawn.push({ place, top })
    top += heightOf(place)
    if (top >= viewHeight) left -= 1
  }
  return drawn
}

/** The rows in view: the first and the last place, and whether they are the ends of the list. */
export function placesInView(anchor: Anchor, rows: RowGeometry) {
  let last = anchor.place
  let bottom = rows.heightOf(last) - anchor.offset
  while (bottom < rows.viewHeight && last < rows.count - 1) {
    last += 1
    bottom += rows.heightOf(last)
  }
  const edgePx = 4
  return {
    from: anchor.place,
    to: last,
    atStart: anchor.place === 0 && anchor.offset <= edgePx,
    atEnd: last >= rows.count - 1 && bottom <= rows.viewHeight + edgePx,
  }
}
