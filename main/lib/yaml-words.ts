import type { YamlError } from './yaml-documents.ts'

type Words = string | ((found: readonly string[]) => string)

/** The words for a code of the parser; the first whose pattern is in its message. A function gets what the pattern captured. */
const table: readonly (readonly [code: string, pattern: RegExp, words: Words])[] = [
  [
    'BLOCK_AS_IMPLICIT_KEY',
    /compact mappings/,
    'a mapping cannot start here: put it on a new line with more indentation, or put the value in quotes',
  ],
  ['BLOCK_AS_IMPLICIT_KEY', /sequence/, 'this "-" is not in the column of the list that it continues'],
  ['BLOCK_IN_FLOW', /./, 'a mapping cannot start here: inside [ ] and { } each needs its own { }'],
  ['BAD_INDENT', /end with a ([\]}])$/, ([closing]) => `the closing ${closing} is missing`],
  ['BAD_INDENT', /sequence items/, 'the items of a list must start in the same column'],
  ['BAD_INDENT', /mapping items/, 'the keys of a mapping must start in the same column'],
  ['BAD_INDENT', /./, 'this line needs another indentation'],
  ['TAB_AS_INDENT', /./, 'a tab cannot be an indentation: use spaces'],
  ['MULTILINE_IMPLICIT_KEY', /./, 'a ":" is missing after this key, or its value needs more indentation'],
  ['MISSING_CHAR', /closing (["'])quote/, ([quote]) => `the closing ${quote} is missing`],
  ['MISSING_CHAR', /Implicit map keys/, 'a ":" with a value is missing after this key'],
  ['MISSING_CHAR', /Missing ,/, 'a "," is missing between two items'],
  ['MISSING_CHAR', /without - indicator/, 'this item of the list needs a "-"'],
  ['MISSING_CHAR', /Missing space after :/, 'a space is missing after the ":"'],
  ['MISSING_CHAR', /Comments/, 'a space is missing before the "#"'],
  ['MISSING_CHAR', /directives-end/, 'the line "---" is missing after a line that starts with "%"'],
  [
    'BAD_SCALAR_START',
    /start with .* (\S)$/,
    ([character]) => `a value cannot start with ${character}: put it in quotes`,
  ],
  ['BAD_DQ_ESCAPE', /./, 'this escape sequence is unknown: double the backslash, or use single quotes'],
  ['BAD_ALIAS', /^Alias/, 'the name after "*" is missing: put a value that starts with "*" in quotes'],
  ['BAD_ALIAS', /^Anchor/, 'the name after "&" is missing: put a value that starts with "&" in quotes'],
  ['DUPLICATE_KEY', /./, 'this key is already in its mapping: keep one of them'],
  ['MULTIPLE_DOCS', /./, 'a second document starts here, and the file can have one: remove the "---"'],
  ['MULTIPLE_ANCHORS', /./, 'a value can have one anchor ("&")'],
  ['MULTIPLE_TAGS', /./, 'a value can have one tag ("!")'],
  ['UNEXPECTED_TOKEN', /block-seq-ind/, 'a list cannot start here: put it on a new line with more indentation'],
  ['UNEXPECTED_TOKEN', /at node end/, 'the value has ended before this text: put all of it in quotes'],
  ['UNEXPECTED_TOKEN', /flow-(seq|map)-end/, 'this closing bracket has no opening one'],
  ['UNEXPECTED_TOKEN', /header|Not a YAML token/, 'a text after "|" or ">" starts on the next line'],
  ['UNEXPECTED_TOKEN', /Unexpected ,/, 'a value is missing before this ","'],
  ['RESOURCE_EXHAUSTION', /./, 'the text is nested too deeply'],
]

/**
 * What is wrong in a text that is not YAML and, where it is known, what to do. At most one character of the text is quoted, so
 * that the words can be shown of any file. Pure.
 */
export function yamlWords({ code, message }: Pick<YamlError, 'code' | 'message'>): string {
  const [firstLine = ''] = message.split('\n')
  for (const [ofCode, pattern, words] of table) {
    const found = ofCode === code ? pattern.exec(firstLine) : null
    if (found !== null) return typeof words === 'string' ? words : words(found.slice(1))
  }
  return `this is not YAML (${code})`
}

/** The first error of each line: others of the same line follow from it. Pure. */
export const firstOfLines = <Placed extends { readonly line: number }>(errors: readonly Placed[]): readonly Placed[] =>
  errors.filter(({ line }, index) => errors.findIndex((other) => other.line === line) === index)
