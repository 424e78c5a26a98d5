import { describe, expect, it } from 'vitest'
import {
  anchorAt,
  drawnRows,
  endingWith,
  movedBy,
  placesInView,
  type RowGeometry,
  scrollHeightOf,
  scrollTopOf,
  showing,
} from './placedRows.ts'

const rowsOf = (count: number, heightOf: (place: number) => number = () => 24): RowGeometry => ({
  count,
  viewHeight: 600,
  heightOf,
  typicalHeight: 24,
})

const large = rowsOf(100_000_000)

describe('a list of 100 million rows', () => {
  it('is no higher than browsers draw', () => {
    expect(scrollHeightOf(large)).toBeLessThan(16_777_214)
  })

  it.each([0, 1, 49_999_999.5, 99_999_975])(
    'has the scroll position of place %d and the place of that position',
    (at) => {
      const place = Math.floor(at)
      const offset = (at - place) * 24
      const back = anchorAt(scrollTopOf({ place, offset }, large), large)
      expect(back.place + back.offset / 24).toBeCloseTo(at, 3)
    },
  )

  it('ends at its last row at the end of the scrollbar, and begins at its first at the start', () => {
    const end = anchorAt(scrollHeightOf(large) - 600, large)
    expect(placesInView(end, large)).toEqual({ from: 99_999_975, to: 99_999_999, atStart: false, atEnd: true })
    expect(anchorAt(0, large)).toEqual({ place: 0, offset: 0 })
  })

  it('moves by pixels of its rows, and never past an end', () => {
    expect(movedBy({ place: 50_000_000, offset: 10 }, 24 * 3 + 5, large)).toEqual({ place: 50_000_003, offset: 15 })
    expect(movedBy({ place: 50_000_000, offset: 10 }, -24 * 3 - 15, large)).toEqual({ place: 49_999_996, offset: 19 })
    expect(movedBy({ place: 3, offset: 0 }, -5_000, large)).toEqual({ place: 0, offset: 0 })
    expect(movedBy({ place: 99_999_970, offset: 0 }, 5_000, large)).toEqual({ place: 99_999_975, offset: 0 })
  })
})

it('a list that fits its scroll height has the scroll position of the browser itself', () => {
  const rows = rowsOf(1_000)
  expect(scrollTopOf({ place: 123, offset: 7 }, rows)).toBeCloseTo(123 * 24 + 7, 6)
  expect(anchorAt(123 * 24 + 7, rows)).toEqual({ place: 123, offset: expect.closeTo(7, 6) })
})

it('a list that is shorter than the view is not scrolled', () => {
  const rows = rowsOf(3)
  expect(movedBy({ place: 0, offset: 0 }, 200, rows)).toEqual({ place: 0, offset: 0 })
  expect(scrollTopOf({ place: 0, offset: 0 }, rows)).toBe(0)
  expect(placesInView({ place: 0, offset: 0 }, rows)).toEqual({ from: 0, to: 2, atStart: true, atEnd: true })
  expect(drawnRows({ place: 0, offset: 0 }, rowsOf(0), 20)).toEqual([])
})

describe('rows of different heights', () => {
  const rows = rowsOf(1_000, (place) => (place % 2 === 0 ? 24 : 100))

  it('are drawn without a gap or an overlap, each place once', () => {
    const drawn = drawnRows({ place: 500, offset: 11 }, rows, 20)
    for (const [index, { place, top }] of drawn.entries()) {
      const next = drawn[index + 1]
      if (next !== undefined) expect(next).toEqual({ place: place + 1, top: top + rows.heightOf(place) })
    }
    expect(drawn.find(({ place }) => place === 500)?.top).toBe(-11)
    expect(drawn[0]?.place).toBe(480)
  })

  it('end with the last row at the end of the view', () => {
    const end = endingWith(999, rows)
    const drawn = drawnRows(end, rows, 20)
    const last = drawn.at(-1)
    expect(last?.place).toBe(999)
    expect((last?.top ?? 0) + 100).toBe(600)
  })

  it('come into view with the least movement, far ones to the middle', () => {
    const anchor = { place: 500, offset: 11 }
    expect(showing(502, anchor, rows, 'edge')).toEqual(anchor)
    expect(showing(500, anchor, rows, 'edge')).toEqual({ place: 500, offset: 0 })
    expect(showing(499, anchor, rows, 'edge')).toEqual({ place: 499, offset: 0 })
    expect(showing(520, anchor, rows, 'edge')).toEqual(endingWith(520, rows))
    const far = drawnRows(showing(900, anchor, rows, 'middle'), rows, 20).find(({ place }) => place === 900)
    expect(far?.top).toBe(300)
  })
})
