import { basename } from 'node:path'
import { placeText } from '../lib/yaml-places.ts'

export interface CopiedText {
  readonly text: string
  /** Local charts to copy, so that the copy is complete: paths relative to the original's folder and to the copy's. */
  readonly charts: readonly { readonly from: string; readonly to: string }[]
}

/** The text of a valid profile with a new name and local charts beside it. Everything else, including comments, is unchanged. */
export function copyText(text: string, newName: string): CopiedText {
  const placed = placeText(text)
  const edits: { range: readonly [number, number]; text: string }[] = []
  const charts: { from: string; to: string }[] = []
  const nameRange = placed.rangeOf(['name'])
  if (nameRange !== undefined) edits.push({ range: nameRange, text: newName })
  const releases: unknown = Reflect.get(Object(placed.value()), 'releases')
  for (const [index, release] of Array.isArray(releases) ? releases.entries() : []) {
    const from: unknown = release?.chart?.path
    const range = placed.rangeOf(['releases', index, 'chart', 'path'])
    if (typeof from !== 'string' || range === undefined) continue
    const to = `charts/${basename(from)}`
    charts.push({ from, to })
    edits.push({ range, text: JSON.stringify(to) })
  }
  const last = edits.toSorted((left, right) => right.range[0] - left.range[0])
  return {
    text: last.reduce(
      (whole, { range: [start, end], text: piece }) => whole.slice(0, start) + piece + whole.slice(end),
      text,
    ),
    charts,
  }
}
