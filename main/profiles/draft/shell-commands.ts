/**
 * Reads the simple commands of a POSIX shell script (POSIX.1-2024, XCU 2) without running anything. What only a shell can know,
 * such as the output of a command, stays a part of its word that is marked as unread.
 */

/** `variable`: `$NAME` or `${NAME}`, `@` for all parameters; `fallback`: of `${NAME:-text}`. `unread`: what only a shell can expand, as written. */
export type Part =
  | { readonly text: string }
  | { readonly variable: string; readonly fallback?: string }
  | { readonly unread: string }

export type Word = readonly Part[]

export interface ShellCommand {
  /** Of its first word, from 1. */
  readonly line: number
  /** Without redirections. Assignments before the command are words too. */
  readonly words: readonly Word[]
  /** Inside `if`, `while`, `until`, `case`, or after `||`: whether it runs is unknown. */
  readonly isConditional: boolean
  /** The function whose body contains it. */
  readonly inFunction?: string
  /** Lines of its here-documents, which are not read. */
  readonly hereDocumentLines: number
}

const commandLimit = 20_000

/** Throws RangeError for a script with too many commands. Never throws otherwise: what is unclosed ends with the text. */
export function shellCommands(script: string): ShellCommand[] {
  return new Reader(script.replaceAll('\r\n', '\n')).commands()
}

/** The word as it was written, for messages. */
export const wordText = (word: Word): string => word.map(partText).join('')

function partText(part: Part): string {
  if ('text' in part) return part.text
  if ('unread' in part) return part.unread
  return part.fallback === undefined ? `$${part.variable}` : `\${${part.variable}:-${part.fallback}}`
}

/** The text of a word without variables; undefined if it has any. */
export const literalOf = (word: Word | undefined): string | undefined =>
  word?.every((part) => 'text' in part) ? wordText(word) : undefined

const nameStart = /[A-Za-z_]/
const openers: ReadonlySet<string> = new Set(['if', 'while', 'until', 'for', 'select', 'case'])
const closers: ReadonlySet<string> = new Set(['fi', 'done', 'esac'])
/** Words that only separate commands where a command could begin. */
const separators: ReadonlySet<string> = new Set(['then', 'else', 'elif', 'do', '!', 'time', '{', '}'])

interface HereDocument {
  readonly delimiter: string
  readonly stripsTabs: boolean
}

interface Draft {
  line: number
  words: Word[]
  hereDocumentLines: number
}

class Reader {
  readonly #text: string
  #at = 0
  #line = 1
  #draft: Draft | undefined
  readonly #found: (ShellCommand & Draft)[] = []
  readonly #pending: { readonly document: HereDocument; readonly of: Draft }[] = []
  /** Open blocks: keywords, `{` or `(`; a function's body has its name. */
  readonly #blocks: { readonly kind: string; readonly functionName?: string; inPattern?: boolean }[] = []
  #afterOr = false
  #nextFunction: string | undefined

  constructor(text: string) {
    this.#text = text
  }

  commands(): ShellCommand[] {
    while (this.#at < this.#text.length) this.#step()
    this.#end()
    return this.#found
  }

  #step(): void {
    const at = this.#text[this.#at] ?? ''
    if (at === '\n') {
      this.#end()
      this.#advance()
      this.#skipHereDocuments()
    } else if (at === ' ' || at === '\t') this.#advance()
    else if (this.#text.startsWith('\\\n', this.#at)) this.#advance(2)
    else if (at === '#') this.#skipTo('\n')
    else if (at === '<' || at === '>' || this.#text.startsWith('&>', this.#at)) this.#redirection()
    else if (at === ';' || at === '&' || at === '|') this.#operator(at)
    else if (at === '(' || at === ')') this.#parenthesis(at)
    else this.#word()
  }

  #advance(count = 1): void {
    for (let index = 0; index < count; index += 1) {
      if (this.#text[this.#at] === '\n') this.#line += 1
      this.#at += 1
    }
  }

  #skipTo(end: string): void {
    const found = this.#text.indexOf(end, this.#at)
    this.#advance((found === -1 ? this.#text.length : found) - this.#at)
  }

  #operator(at: string): void {
    const isDouble = this.#text[this.#at + 1] === at
    const block = this.#blocks.at(-1)
    if (block?.inPattern) this.#draft = undefined
    this.#end()
    if (block?.kind === 'case' && at === ';' && isDouble) block.inPattern = true
    this.#afterOr = at === '|' && isDouble
    this.#advance(isDouble ? 2 : 1)
  }

  #parenthesis(at: string): void {
    const [only] = this.#draft?.words ?? []
    if (at === '(') {
      // `name() {` begins a function.
      const name = this.#draft?.words.length === 1 ? literalOf(only) : undefined
      if (name !== undefined && /^\(\s*\)/.test(this.#text.slice(this.#at, this.#at + 20))) {
        this.#draft = undefined
        this.#nextFunction = name
        this.#skipTo(')')
        this.#advance()
        return
      }
      this.#end()
      this.#blocks.push({ kind: '(', ...this.#takeFunction() })
    } else {
      const block = this.#blocks.at(-1)
      if (block?.inPattern) {
        this.#draft = undefined
        block.inPattern = false
      }
      this.#end()
      if (block?.kind === '(') this.#blocks.pop()
    }
    this.#advance()
  }

  #takeFunction(): { readonly functionName?: string } {
    const functionName = this.#nextFunction
    this.#nextFunction = undefined
    return functionName === undefined ? {} : { functionName }
  }

  #end(): void {
    const draft = this.#draft
    this.#draft = undefined
    if (draft === undefined || draft.words.length === 0) return
    if (this.#found.length >= commandLimit) throw new RangeError(`more than ${commandLimit} commands`)
    const inFunction = this.#blocks.findLast(({ functionName }) => functionName !== undefined)?.functionName
    const isConditional = this.#afterOr || this.#blocks.some(({ kind }) => openers.has(kind))
    // The draft itself, since the lines of its here-documents are counted later.
    this.#found.push(Object.assign(draft, { isConditional, ...(inFunction === undefined ? {} : { inFunction }) }))
    this.#afterOr = false
  }

  #redirection(): void {
    const [operator = ''] =
      /^(?:<<<|<<-?|&>>?|[<>]&|>>|>\||<>|[<>])/.exec(this.#text.slice(this.#at, this.#at + 3)) ?? []
    const line = this.#line
    this.#advance(operator.length)
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#advance()
    const target = wordText(this.#readWord())
    if (operator !== '<<' && operator !== '<<-') return
    const of = this.#draftAt(line)
    this.#pending.push({ document: { delimiter: target, stripsTabs: operator === '<<-' }, of })
  }

  #draftAt(line: number): Draft {
    this.#draft ??= { line, words: [], hereDocumentLines: 0 }
    return this.#draft
  }

  #skipHereDocuments(): void {
    for (const { document, of } of this.#pending.splice(0)) {
      while (this.#at < this.#text.length) {
        const start = this.#at
        this.#skipTo('\n')
        const line = this.#text.slice(start, this.#at)
        this.#advance()
        if ((document.stripsTabs ? line.replace(/^\t+/, '') : line) === document.delimiter) break
        of.hereDocumentLines += 1
      }
    }
  }

  #word(): void {
    const line = this.#line
    const start = this.#at
    const word = this.#readWord()
    // A character that no rule takes must not be read for ever.
    if (this.#at === start) this.#advance()
    // The number of a redirected file.
    if (/^\d+$/.test(wordText(word)) && /[<>]/.test(this.#text[this.#at] ?? '')) return
    const isFirst = this.#draft === undefined
    const keyword = isFirst ? literalOf(word) : undefined
    if (keyword !== undefined && this.#keyword(keyword, line)) return
    const draft = this.#draftAt(line)
    draft.words.push(word)
    // `function name {`
    if (draft.words.length === 2 && literalOf(draft.words[0]) === 'function') {
      this.#nextFunction = literalOf(word)
      this.#draft = undefined
    }
    // `case word in` is no command.
    const block = this.#blocks.at(-1)
    if (block?.kind === 'case' && draft.words.length >= 2 && literalOf(word) === 'in') {
      this.#draft = undefined
      block.inPattern = true
    }
  }

  /** Whether the word was a keyword that is no command. */
  #keyword(keyword: string, line: number): boolean {
    if (openers.has(keyword)) {
      this.#blocks.push({ kind: keyword })
      // Their words are kept, so that the reader of a loop sees its names.
      if (keyword === 'for' || keyword === 'case') {
        this.#draft = { line, words: [[{ text: keyword }]], hereDocumentLines: 0 }
      }
      return true
    }
    if (closers.has(keyword)) {
      this.#blocks.pop()
      return true
    }
    if (keyword === '{') this.#blocks.push({ kind: '{', ...this.#takeFunction() })
    if (keyword === '}' && this.#blocks.at(-1)?.kind === '{') this.#blocks.pop()
    return separators.has(keyword)
  }

  #readWord(): Word {
    const parts: Part[] = []
    const add = (part: Part): void => {
      const last = parts.at(-1)
      if ('text' in part && last !== undefined && 'text' in last)
        parts[parts.length - 1] = { text: last.text + part.text }
      else parts.push(part)
    }
    for (;;) {
      const at = this.#text[this.#at]
      if (at === undefined || /[\s;&|()<>]/.test(at)) return parts
      if (at === '\\') {
        const next = this.#text[this.#at + 1] ?? ''
        this.#advance(2)
        if (next !== '\n') add({ text: next })
      } else if (at === "'") {
        const start = this.#at + 1
        this.#advance()
        this.#skipTo("'")
        add({ text: this.#text.slice(start, this.#at) })
        this.#advance()
      } else if (at === '"') this.#doubleQuoted(add)
      else if (at === '$' || at === '`') add(this.#expansion())
      else {
        add({ text: at })
        this.#advance()
      }
    }
  }

  #doubleQuoted(add: (part: Part) => void): void {
    this.#advance()
    add({ text: '' })
    for (;;) {
      const at = this.#text[this.#at]
      if (at === undefined) return
      if (at === '"') {
        this.#advance()
        return
      }
      const next = this.#text[this.#at + 1] ?? ''
      if (at === '\\' && '$`"\\\n'.includes(next)) {
        this.#advance(2)
        if (next !== '\n') add({ text: next })
      } else if (at === '$' || at === '`') add(this.#expansion())
      else {
        add({ text: at })
        this.#advance()
      }
    }
  }

  /** At a `$` or a backquote. */
  #expansion(): Part {
    const start = this.#at
    const rest = (): Part => ({ unread: this.#text.slice(start, this.#at) })
    if (this.#text[start] === '`') {
      this.#advance()
      this.#skipTo('`')
      this.#advance()
      return rest()
    }
    const next = this.#text[start + 1] ?? ''
    if (next === '(') {
      this.#advance(2)
      this.#skipBalanced('(', ')')
      return rest()
    }
    if (next === '{') {
      this.#advance(2)
      this.#skipBalanced('{', '}')
      return parameterOf(this.#text.slice(start, this.#at)) ?? rest()
    }
    const [name = ''] = /^(?:[A-Za-z_]\w{0,200}|[0-9@*#?$!-])/.exec(this.#text.slice(start + 1, start + 202)) ?? []
    this.#advance(1 + name.length)
    if (name === '') return { text: '$' }
    if (name === '@' || name === '*') return { variable: '@' }
    return nameStart.test(name) || /\d/.test(name) ? { variable: name } : rest()
  }

  /** After the opening character, to after its closing one. */
  #skipBalanced(open: string, close: string): void {
    for (let depth = 1; depth > 0 && this.#at < this.#text.length; ) {
      const at = this.#text[this.#at]
      if (at === '\\') this.#advance()
      else if (at === "'" && open === '(') {
        this.#advance()
        this.#skipTo("'")
      } else if (at === open) depth += 1
      else if (at === close) depth -= 1
      this.#advance()
    }
  }
}

/** `${NAME}`, `${NAME:-text}`, `${NAME-text}`, `${NAME:=text}` and `${NAME:?message}`; undefined for other expansions. */
function parameterOf(text: string): Part | undefined {
  const [start = '', variable, operator] = /^\$\{(\w+)(:?[-=?])?/.exec(text) ?? []
  if (variable === undefined || !text.endsWith('}')) return undefined
  const rest = text.slice(start.length, -1)
  if (operator === undefined) return rest === '' ? { variable } : undefined
  if (operator.endsWith('?')) return { variable }
  const fallback = rest.replace(/^(['"])(.*)\1$/, '$2')
  return /[$`]/.test(fallback) ? { variable } : { variable, fallback }
}
