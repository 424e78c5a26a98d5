/** What PowerShell makes of a line, for tests: the words outside of which nothing of a hostile text may be. */
export interface PowerShellLine {
  /** Texts in quotes, as they are passed on. */
  readonly literals: readonly string[]
  /** The rest, with `''` for each text in quotes: operators, variables and sub-expressions of it run. */
  readonly code: string
}

/**
 * Reads a line by the rules that PowerShell documents (about_Parsing, about_Quoting_Rules, about_Comments): typographic quotes
 * count as quotes, a doubled quote within a text in quotes stands for one, `#` begins a comment at the start of a word, and a
 * backtick takes the meaning from the next character. Not for texts in double quotes, which our commands do not have.
 */
export function readPowerShell(line: string): PowerShellLine {
  const literals: string[] = []
  let code = ''
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? ''
    if (character === '#' && (code === '' || /[\s;|&()]$/.test(code))) break
    if (!/['‘’‚‛]/.test(character)) {
      const isEscape = character === '`'
      code += line.slice(at, at + (isEscape ? 2 : 1))
      if (isEscape) at += 1
      continue
    }
    let literal = ''
    for (at += 1; at < line.length; at += 1) {
      const next = line[at] ?? ''
      const isQuote = /['‘’‚‛]/.test(next)
      if (isQuote && !/['‘’‚‛]/.test(line[at + 1] ?? '')) break
      literal += next
      if (isQuote) at += 1
    }
    literals.push(literal)
    code += "''"
  }
  return { literals, code }
}
