// biome-ignore-all lint/correctness/noComponentHookFactories: these capitals name nodes of the syntax, not components
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ESTree, parseSync, Visitor } from 'vite'

/**
 * Finds texts for users that are written in the window's code: they belong in `renderer/strings`. Found are texts of
 * elements, of the attributes and properties below, any literal that reads as a phrase, and both forms of a plural made
 * by hand. Exit code 1 on a finding.
 */
const root = join(import.meta.dirname, '..')

/** Attributes of elements and properties of objects whose value is shown or read out. */
const shown = new Set(
  'alt aria-description aria-label aria-roledescription aria-valuetext caption description error heading hint label legend lines message placeholder subtitle summary text title verb what word words'.split(
    ' ',
  ),
)

/** Two words in a row, of which none is a class, a selector, a path or a key: a phrase. */
const phrase = /(?:^|[\s"“(])\p{L}[\p{L}’'-]+[,:;]? \p{L}{2,}/u
const letters = /\p{L}{2,}/u
const isKey = (text: string) => /^[a-z][\w-]*(?:\.[\w-]*)+$/i.test(text)

/** Where a literal is not a text for users. */
const exceptions: readonly { readonly file: RegExp; readonly text: RegExp; readonly why: string }[] = [
  { file: /^ui\/theme\.ts$/, text: /sans-serif|monospace/, why: 'names of fonts' },
  { file: /^profiles\/Editor\.tsx$/, text: /^(?:1px solid|color-mix\()/, why: 'styles' },
  { file: /\.tsx?$/, text: /^\(prefers-|\[contenteditable\]/, why: 'media queries and selectors' },
]

export interface Finding {
  readonly file: string
  readonly line: number
  readonly text: string
}

type Texts = readonly { readonly text: string; readonly start: number }[]

/** The literals that an expression can evaluate to: both branches of a condition, the parts of a template. */
function textsOf(node: ESTree.Node): Texts {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? [{ text: node.value, start: node.start }] : []
    case 'TemplateLiteral':
      // A composed key has no text.
      if (/^[a-z]\w*\.[\w.$-]*$/i.test(node.quasis.map(({ value }) => value.raw).join('$'))) return []
      return node.quasis.map(({ value, start }) => ({ text: value.cooked ?? '', start }))
    case 'ConditionalExpression':
      return [...textsOf(node.consequent), ...textsOf(node.alternate)]
    case 'LogicalExpression':
      return [...textsOf(node.left), ...textsOf(node.right)]
    case 'BinaryExpression':
      return node.operator === '+' ? [...textsOf(node.left), ...textsOf(node.right)] : []
    case 'ParenthesizedExpression':
      return textsOf(node.expression)
    default:
      return []
  }
}

const nameOf = (node: { type: string; name?: unknown; value?: unknown }): string =>
  String(node.type === 'Literal' ? node.value : node.name)

/** Pure; findings in the order of the file. */
export function findTexts(file: string, code: string): Finding[] {
  const { program, errors } = parseSync(file, code)
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message ?? ''}`)
  const found = new Map<number, string>()
  const ignored = new Set<number>()
  const add = (texts: Texts, pattern: RegExp) => {
    for (const { text, start } of texts)
      if (pattern.test(text) && !isKey(text)) found.set(start, text.replaceAll(/\s+/g, ' ').trim())
  }
  const ignore = (texts: Texts) => {
    for (const { start } of texts) ignored.add(start)
  }
  new Visitor({
    JSXText: ({ value, start }) => add([{ text: value, start }], letters),
    JSXElement: ({ children }) => {
      for (const child of children) if (child.type === 'JSXExpressionContainer') add(textsOf(child.expression), letters)
    },
    JSXFragment: ({ children }) => {
      for (const child of children) if (child.type === 'JSXExpressionContainer') add(textsOf(child.expression), letters)
    },
    JSXAttribute: ({ name, value }) => {
      if (value === null || name.type !== 'JSXIdentifier') return
      const texts =
        value.type === 'JSXExpressionContainer' ? textsOf(value.expression) : 'value' in value ? textsOf(value) : []
      if (shown.has(name.name)) add(texts, letters)
      else if (name.name === 'className') ignore(texts)
    },
    Property: ({ key, value }) => {
      if (shown.has(nameOf(key))) add(textsOf(value), letters)
    },
    Literal: (node) => add(textsOf(node), phrase),
    TemplateLiteral: (node) => add(textsOf(node), phrase),
    // A plural made by hand.
    ConditionalExpression: (node) => {
      const { test } = node
      if (test.type === 'BinaryExpression' && test.right.type === 'Literal' && test.right.value === 1)
        add(textsOf(node), letters)
    },
    // For developers.
    NewExpression: ({ callee, arguments: parts }) => {
      if (callee.type !== 'Identifier' || !callee.name.endsWith('Error')) return
      for (const part of parts) if (part.type !== 'SpreadElement') ignore(textsOf(part))
    },
  }).visit(program)
  return [...found]
    .filter(
      ([start, text]) => !ignored.has(start) && !exceptions.some((one) => one.file.test(file) && one.text.test(text)),
    )
    .toSorted(([one], [other]) => one - other)
    .map(([start, text]) => ({ file, line: code.slice(0, start).split('\n').length, text }))
}

if (import.meta.main) {
  const files = globSync('**/*.{ts,tsx}', {
    cwd: join(root, 'renderer'),
    exclude: ['strings/en/**', '**/*.test.*', '**/samples.ts'],
  })
  const planted = findTexts('planted.tsx', "export const x = <p title='Two words'>Text{true ? 'Yes' : 'No'}</p>")
  if (planted.length !== 4) {
    console.error(`Of four planted texts ${planted.length} were found: the check finds nothing.`)
    process.exit(1)
  }
  const findings = files.flatMap((file) => findTexts(file, readFileSync(join(root, 'renderer', file), 'utf8')))
  for (const { file, line, text } of findings)
    console.log(`renderer/${file}:${line}: move to renderer/strings: ${text}`)
  console.log(`${findings.length} texts outside renderer/strings in ${files.length} files`)
  process.exitCode = findings.length === 0 ? 0 : 1
}
