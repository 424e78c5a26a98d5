import type { KeyboardEvent } from 'react'

const steps: Readonly<Record<string, (row: number, column: number) => readonly [number, number]>> = {
  ArrowDown: (row, column) => [row + 1, column],
  ArrowUp: (row, column) => [row - 1, column],
  ArrowRight: (row, column) => [row, column + 1],
  ArrowLeft: (row, column) => [row, column - 1],
  Home: (row) => [row, 0],
  End: (row) => [row, Number.POSITIVE_INFINITY],
}

const within = (value: number, count: number) => Math.max(0, Math.min(value, count - 1))

/**
 * For a table whose rows carry `data-line`, and what can be focused in them `data-cell`: arrows go to the neighbour,
 * Home and End to the ends of the row. At an edge the focus stays.
 */
export function moveFocusInGrid(event: KeyboardEvent<HTMLElement>): void {
  const step = steps[event.key]
  const { target } = event
  if (step === undefined || !(target instanceof HTMLElement) || target.dataset.cell === undefined) return
  const lines = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-line]')].map((line) => [
    ...line.querySelectorAll<HTMLElement>('[data-cell]'),
  ])
  const at = lines.findIndex((line) => line.includes(target))
  const [row, column] = step(at, lines[at]?.indexOf(target) ?? 0)
  const line = lines[within(row, lines.length)] ?? []
  line[within(column, line.length)]?.focus()
  event.preventDefault()
}
