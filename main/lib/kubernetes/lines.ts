import { Problem } from '../../../preload/contract/problem.ts'

/** The largest event of a watch: etcd accepts objects of 1.5 MiB. */
const eventLimitCharacters = 16 * 1024 * 1024

/** A line, or a part of one. `more`: the next part is of the same line. `cut`: the text ended before the line did. */
export interface LinePart {
  readonly text: string
  readonly more: boolean
  readonly cut?: true
}

/**
 * Lines of UTF-8 text, however the bytes are split. A line over the limit comes in parts; where it is cut depends on the line
 * alone, and is never within a character.
 */
export async function* lineParts(body: AsyncIterable<Uint8Array>, limitCharacters: number): AsyncGenerator<LinePart> {
  const decoder = new TextDecoder()
  let pending = ''
  for await (const chunk of body) {
    for (const [index, text] of decoder.decode(chunk, { stream: true }).split('\n').entries()) {
      if (index > 0) {
        yield { text: pending, more: false }
        pending = ''
      }
      pending += text
      while (pending.length > limitCharacters) {
        const end = isHighSurrogate(pending, limitCharacters - 1) ? limitCharacters - 1 : limitCharacters
        yield { text: pending.slice(0, end), more: true }
        pending = pending.slice(end)
      }
    }
  }
  if (pending !== '') yield { text: pending, more: false, cut: true }
}

const isHighSurrogate = (text: string, index: number): boolean => (text.charCodeAt(index) & 0xfc00) === 0xd800

/** Lines that are not blank. Throws ANSWER_TOO_LARGE for an endless one. */
export async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const { text, more } of lineParts(body, eventLimitCharacters)) {
    if (more) throw new Problem('ANSWER_TOO_LARGE', 'The API server sent an endless line.')
    if (text.trim() !== '') yield text
  }
}
