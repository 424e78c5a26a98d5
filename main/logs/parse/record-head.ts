import { withoutColours } from './colours.ts'
import { isLetter, Line, readLine, textStart } from './line.ts'

const lineBreak = 0x0a

/** Whether more than the first line can show the level: JSON over several lines, and java.util.logging's two lines. */
export const spansLines = (head: Line): boolean => head.kind === 'json' || (head.kind === 'text' && head.level === 0)

const second = new Line()

/** Reads kind, time and level of a whole record into `head`. Indices in it are of the bytes without colours, which it returns. */
export function readRecord(record: Buffer, head: Line): Buffer {
  const bytes = record.includes(0x1b) ? withoutColours(record) : record
  const start = textStart(bytes, 0, bytes.length)
  const found = bytes.indexOf(lineBreak, start)
  const end = trimmedEnd(bytes, start, found === -1 ? bytes.length : found)
  readLine(bytes, start, end, head)
  if (found === -1 || !spansLines(head)) return bytes
  if (head.kind === 'json') readLine(bytes, start, bytes.length, head)
  else if (isLetter(bytes[start] ?? 0)) {
    const next = found + 1
    const nextBreak = bytes.indexOf(lineBreak, next)
    readLine(bytes, next, trimmedEnd(bytes, next, nextBreak === -1 ? bytes.length : nextBreak), second)
    if (second.kind === 'level') {
      head.level = second.level
      head.headEnd = second.headEnd
    }
  }
  return bytes
}

/** Index before the blanks at the end. */
export function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  let trimmed = end
  while (trimmed > start && (bytes[trimmed - 1] ?? 0) <= 0x20) trimmed -= 1
  return trimmed
}
