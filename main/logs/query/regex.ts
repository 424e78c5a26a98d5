import { RE2JS } from 're2js'
import { ByteAutomaton } from './byte-automaton.ts'
import { MatchStarts } from './match-starts.ts'
import type { Regex } from './syntax.ts'

/** Not of Node: the window's tests run queries in a page. As Node, it leaves a byte order mark in the text. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** A regular expression of a query: it matches in time linear in the text, whatever the expression. */
export class LogRegex {
  readonly #re2: RE2JS
  readonly #automaton: ByteAutomaton | undefined

  /** Where a match can start in text in UTF-8; undefined where it can anywhere. */
  readonly starts: MatchStarts | undefined

  constructor(re2: RE2JS) {
    this.#re2 = re2
    this.starts = MatchStarts.of(re2.re2().prog)
    this.#automaton = ByteAutomaton.of(re2.re2().prog)
  }

  test(text: string): boolean {
    return this.#re2.test(text)
  }

  /** As `test`, of text in UTF-8: it is decoded only if it has characters beyond ASCII. */
  testBytes(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#automaton?.test(bytes, start, end) ?? this.#re2.test(utf8.decode(bytes.subarray(start, end)))
  }
}

/** Throws for what is not in the syntax of RE2. */
export function compileRegex({ source, ignoreCase }: Regex): LogRegex {
  return new LogRegex(RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0))
}
