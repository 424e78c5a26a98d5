/** A line of a diff. ` `: in both texts; `…`: lines of both are left out. */
export interface DiffLine {
  readonly sign: '-' | '+' | ' ' | '…'
  readonly text: string
}

const contextLines = 3

/** Pure: the lines that differ, with three lines around them. Null: there is no such text. */
export function lineDiff(before: string | null, after: string | null): DiffLine[] {
  const [from, to] = [linesOf(before), linesOf(after)]
  let start = 0
  while (start < Math.min(from.length, to.length) && from[start] === to[start]) start += 1
  let same = 0
  while (same < Math.min(from.length, to.length) - start && from.at(-1 - same) === to.at(-1 - same)) same += 1
  const changed = changedLines(from.slice(start, from.length - same), to.slice(start, to.length - same))
  const common = (lines: readonly string[]) => lines.map((text): DiffLine => ({ sign: ' ', text }))
  return withoutDistant([...common(from.slice(0, start)), ...changed, ...common(from.slice(from.length - same))])
}

const linesOf = (text: string | null): string[] => (text === null ? [] : text.replace(/\n$/, '').split('\n'))

/** Compared line by line up to this many pairs; beyond, all lines of one text follow all of the other. */
const pairsAtMost = 250_000

/** By the longest common subsequence. */
function changedLines(from: readonly string[], to: readonly string[]): DiffLine[] {
  if (from.length * to.length > pairsAtMost)
    return [...from.map((text) => ({ sign: '-', text }) as const), ...to.map((text) => ({ sign: '+', text }) as const)]
  const width = to.length + 1
  const lengths = new Uint16Array((from.length + 1) * width)
  const lengthAt = (row: number, column: number): number => lengths[row * width + column] ?? 0
  for (let row = from.length - 1; row >= 0; row -= 1)
    for (let column = to.length - 1; column >= 0; column -= 1)
      lengths[row * width + column] =
        from[row] === to[column]
          ? lengthAt(row + 1, column + 1) + 1
          : Math.max(lengthAt(row + 1, column), lengthAt(row, column + 1))
  const lines: DiffLine[] = []
  let [row, column] = [0, 0]
  while (row < from.length || column < to.length) {
    const [old, next] = [from[row], to[column]]
    if (old !== undefined && old === next) {
      lines.push({ sign: ' ', text: old })
      row += 1
      column += 1
    } else if (old !== undefined && (next === undefined || lengthAt(row + 1, column) >= lengthAt(row, column + 1))) {
      lines.push({ sign: '-', text: old })
      row += 1
    } else {
      lines.push({ sign: '+', text: next ?? '' })
      column += 1
    }
  }
  return lines
}

function withoutDistant(lines: readonly DiffLine[]): DiffLine[] {
  const isNear = (index: number): boolean =>
    lines.slice(Math.max(0, index - contextLines), index + contextLines + 1).some(({ sign }) => sign !== ' ')
  return lines.flatMap((line, index): DiffLine[] => {
    if (isNear(index)) return [line]
    return index === 0 || isNear(index - 1) ? [{ sign: '…', text: '' }] : []
  })
}
