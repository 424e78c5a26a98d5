import type { Writable } from 'node:stream'
import { visibleText } from '../../preload/visible-text.ts'
import type { Terminal } from './command.ts'
import { eraseLines } from './print.ts'

const columnsIfUnknown = 80
const rowsIfUnknown = 24

const numberOf = (stream: Writable, name: 'columns' | 'rows', otherwise: number): number => {
  const value: unknown = Reflect.get(stream, name)
  return typeof value === 'number' && value > 0 ? value : otherwise
}

/** From Hangul on, many characters take two columns. */
const widthOf = (character: string): number => ((character.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1)

/** Pure: the beginning of a line that fits into the columns of a terminal, with marks for what it would execute. */
export function cutTo(columns: number, line: string): string {
  const characters = Array.from(visibleText(line.replaceAll(/[\n\t]/g, ' ')))
  let [width, fitting] = [0, 0]
  for (const character of characters) {
    width += widthOf(character)
    if (width < columns) fitting += 1
  }
  return width <= columns ? characters.join('') : `${characters.slice(0, fitting).join('')}…`
}

/** Lines below the messages of a command, replaced at each change. They exist only where messages go to a terminal. */
export class LiveLines {
  readonly #stream: Writable
  #shown = 0

  constructor({ stderr }: Terminal) {
    this.#stream = stderr
  }

  get isSupported(): boolean {
    return Reflect.get(this.#stream, 'isTTY') === true
  }

  /** As many as fit into the terminal. */
  show(lines: readonly string[]): void {
    if (!this.isSupported) return
    // A line of full width, and a last row, would make some terminals scroll.
    const columns = numberOf(this.#stream, 'columns', columnsIfUnknown) - 1
    const fitting = lines.slice(0, numberOf(this.#stream, 'rows', rowsIfUnknown) - 1)
    eraseLines(this.#stream, this.#shown)
    for (const line of fitting) this.#stream.write(`${cutTo(columns, line)}\n`)
    this.#shown = fitting.length
  }

  /** Removes them: a message takes their place. */
  clear(): void {
    eraseLines(this.#stream, this.#shown)
    this.#shown = 0
  }
}
