/**
 * Reads the pairs of a logfmt line as Ballerina prints it (module-ballerina-log, spec.md): a value is a quoted string
 * with backslash escapes, a value of Ballerina's own syntax in balanced brackets (`{…}`, `[…]`, `()`), or a bare word.
 * Undefined when the text is not such a line from end to end.
 */
export function readLogfmt(text: string): (readonly [string, string])[] | undefined {
  const pairs: (readonly [string, string])[] = []
  let at = 0
  while (at < text.length) {
    if (text[at] === ' ') {
      at += 1
      continue
    }
    const equals = text.indexOf('=', at)
    if (equals === -1) return undefined
    const key = text.slice(at, equals)
    if (!/^[\p{L}_][\p{L}\p{N}_.$-]*$/u.test(key)) return undefined
    const value = readValue(text, equals + 1)
    if (value === undefined) return undefined
    pairs.push([key, value.text])
    at = value.end
  }
  return pairs
}

interface Value {
  readonly text: string
  /** The index at which the next pair may begin. */
  readonly end: number
}

function readValue(text: string, start: number): Value | undefined {
  const first = text[start]
  if (first === '"') {
    const end = endOfString(text, start)
    return end === undefined ? undefined : { text: readEscapes(text.slice(start + 1, end - 1)), end }
  }
  if (first === '{' || first === '[' || first === '(') {
    const end = endOfBrackets(text, start)
    return end === undefined ? undefined : { text: text.slice(start, end), end }
  }
  const space = text.indexOf(' ', start)
  const end = space === -1 ? text.length : space
  return { text: text.slice(start, end), end }
}

/** Index after the closing quote. */
function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  return undefined
}

/** Index after the bracket that closes the one at `start`; brackets in strings do not count. */
function endOfBrackets(text: string, start: number): number | undefined {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') {
      const end = endOfString(text, at)
      if (end === undefined) return undefined
      at = end - 1
    } else if (character === '{' || character === '[' || character === '(') depth += 1
    else if (character === '}' || character === ']' || character === ')') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return undefined
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', "'": "'", '\\': '\\' }

function readEscapes(text: string): string {
  return text.replace(
    /\\(?:u\{([0-9a-fA-F]{1,6})\}|(.))/gs,
    (whole, code: string | undefined, letter: string | undefined) => {
      if (code === undefined) return escapes[letter ?? ''] ?? whole
      const point = Number.parseInt(code, 16)
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole
    },
  )
}
