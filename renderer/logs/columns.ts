import type { CSSProperties } from 'react'
import type { LogRecord } from '../../preload/contract/logs.ts'

/** Columns that can be shown before the message; the names of other columns are fields of the lines. */
export const knownColumns = ['time', 'level', 'source', 'pod', 'container', 'module'] as const
export type KnownColumn = (typeof knownColumns)[number]

export const defaultColumns: readonly string[] = ['time', 'level', 'source']
export const maxColumns = 10

export const isKnownColumn = (name: string): name is KnownColumn => knownColumns.some((known) => known === name)

const widthPx = { time: 142, level: 52, source: 130, pod: 190, container: 90, module: 130 } as const
const fieldWidthPx = 130

const tracks = (columns: readonly string[]): string =>
  [...columns.map((name) => `${isKnownColumn(name) ? widthPx[name] : fieldWidthPx}px`), 'minmax(0, 1fr)'].join(' ')

/** The columns of the grid of a row; a narrow window shows only the time and level. The message takes what is left. */
export const gridOf = (columns: readonly string[]): CSSProperties & Record<`--${string}`, string> => ({
  '--columns': tracks(columns),
  '--narrow-columns': tracks(columns.filter((name) => name === 'time' || name === 'level')),
})

/** The value of a field in a line; empty without one. */
export const fieldOf = ({ fields }: LogRecord, name: string): string =>
  fields.find(([field]) => field === name)?.[1] ?? ''

/** Adds a column, in the order of `knownColumns` with fields last, or removes it. */
export function toggled(columns: readonly string[], name: string): readonly string[] {
  if (columns.includes(name)) return columns.filter((column) => column !== name)
  if (columns.length >= maxColumns) return columns
  const known: readonly string[] = knownColumns
  const rank = (column: string) => {
    const at = known.indexOf(column)
    return at < 0 ? knownColumns.length : at
  }
  return [...columns, name].toSorted((a, b) => rank(a) - rank(b))
}

const hues = 8

/** The same name has the same colour everywhere: one of eight. FNV-1a. */
export function hueOf(name: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193) >>> 0
  return hash % hues
}
