import { fold } from './evaluate.ts'
import { noRequirement as nothing, type Requirement } from './requirement.ts'
import type { Regex } from './syntax.ts'

/** The text that every match of a valid regular expression contains: nothing where this is not certain. Pure. */
export function regexRequirement({ source, ignoreCase }: Regex): Requirement {
  try {
    return new LiteralReader(source, ignoreCase).alternatives()
  } catch (error) {
    if (error instanceof NotCertain) return nothing
    throw error
  }
}

/** Syntax from which no text is taken, such as flags inside the expression. */
class NotCertain extends Error {}

type Atom =
  | { readonly kind: 'character'; readonly text: string }
  | { readonly kind: 'other'; readonly requirement: Requirement }

const other: Atom = { kind: 'other', requirement: nothing }
const repetition = /(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/y
const characterClass = /\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]/suy
const groupStart = /\((?:\?(?::|P?<\w+>))?/y
const plainEscape = /\\[^\p{L}\p{N}\s]/uy
const classEscape = /\\(?:[dDsSwWbBAzafnrtv]|[pP](?:\{\^?\w+\}|\w)|x(?:\{[0-9a-fA-F]+\}|[0-9a-fA-F]{2}))/y

class LiteralReader {
  readonly #source: string
  readonly #ignoreCase: boolean
  #at = 0

  constructor(source: string, ignoreCase: boolean) {
    this.#source = source
    this.#ignoreCase = ignoreCase
  }

  alternatives(): Requirement {
    const of = [this.#sequence()]
    while (this.#source[this.#at] === '|') {
      this.#at += 1
      of.push(this.#sequence())
    }
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'any', of }
  }

  #sequence(): Requirement {
    const of: Requirement[] = []
    let run = ''
    const endRun = (): void => {
      if (run !== '') of.push({ kind: 'text', text: fold(run) })
      run = ''
    }
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) {
      const atom = this.#atom()
      const repeated = this.#match(repetition)
      const least = repeated === undefined || repeated[0].startsWith('+') ? 1 : Number(repeated[1] ?? 0)
      if (atom.kind === 'character' && least > 0) run += atom.text
      if (atom.kind === 'other' || repeated !== undefined) endRun()
      if (atom.kind === 'other' && least > 0) of.push(atom.requirement)
    }
    endRun()
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'all', of }
  }

  #atom(): Atom {
    const char = this.#source[this.#at] ?? ''
    if (char === '(') return this.#group()
    if (char === '[') return this.#skip(characterClass)
    if (char === '\\') {
      const escaped = this.#match(plainEscape)
      return escaped === undefined ? this.#skip(classEscape) : this.#character(escaped[0].slice(1))
    }
    this.#at += 1
    return '.^$'.includes(char) ? other : this.#character(char)
  }

  /** Without regard to case, "s" also matches "ſ", which has no lower case "s". */
  #character(text: string): Atom {
    const isCertain = /^[\x20-\x7e]$/.test(text) && !(this.#ignoreCase && /[sS]/.test(text))
    return isCertain ? { kind: 'character', text } : other
  }

  #group(): Atom {
    if (this.#match(groupStart) === undefined || this.#source[this.#at] === '?') throw new NotCertain()
    const requirement = this.alternatives()
    if (this.#source[this.#at] !== ')') throw new NotCertain()
    this.#at += 1
    return { kind: 'other', requirement }
  }

  #skip(pattern: RegExp): Atom {
    if (this.#match(pattern) === undefined) throw new NotCertain()
    return other
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#source) ?? undefined
    if (found !== undefined) this.#at = pattern.lastIndex
    return found
  }
}
