import { basename } from 'node:path'
import { placeText } from '../lib/yaml-places.ts'

export interface CopiedText {
  readonly text: string
  /** Charts that the copy takes along, so that it stands on its own: from where, relative to the original's folder, to where in its own. */
  readonly charts: readonly { readonly from: string; readonly to: string }[]
}

/** The text under a new name, its local charts beside it. All else stays to the letter, comments too. The text is a valid profile. */
export function copyText(text: string, newName: string): CopiedText {
  const placed = placeText(text)
  const edits: { range: readonly [number, number]; text: string }[] = []
  const charts: { from: string; to: string }[] = []
  const nameRange = placed.rangeOf(['name'])
  if (nameRange !== undefined) edits.push({ range: nameRange, text: newName })
  const releases: unknown = placed.document.toJS({ maxAliasCount: 1_000 })?.releases
  for (const index of Array.isArray(releases) ? releases.keys() : []) {
    const path = ['releases', index, 'chart', 'path']
    const from: unknown = placed.document.getIn(path)
    const range = placed.rangeOf(path)
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
