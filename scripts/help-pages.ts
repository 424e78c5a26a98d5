import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type MarkdownToJSX, parser, RuleType } from 'markdown-to-jsx/markdown'
import type { Plugin } from 'vite'
import type { Block, HelpPage, Inline } from '../renderer/help/page.ts'
import { anchorOf, helpAddress } from '../renderer/lib/help.ts'

type Node = MarkdownToJSX.ASTNode

const leftOut = (page: string, what: string) =>
  new Error(`docs/guide/${page}.md has ${what}, which the help in the window cannot show (scripts/help-pages.ts).`)

/** "checks.md#images" is a page of this help. What is outside of `docs/guide`, or of this computer, is no link. */
function linkTarget(target: string): string | undefined {
  const [, page, anchor] = /^([\w-]+)\.md(?:#(.+))?$/.exec(target) ?? []
  return page === undefined ? undefined : helpAddress(page, anchor)
}

const flat = (parts: readonly Inline[][]): Inline[] => parts.flat()

/** Images are left out: the window that they show is in front of the reader, and they would double its size. */
function inline(page: string, node: Node): Inline[] {
  const within = (children: readonly Node[]) => flat(children.map((child) => inline(page, child)))
  switch (node.type) {
    case RuleType.text:
      return [{ kind: 'text', text: node.text }]
    case RuleType.codeInline:
      return [{ kind: 'code', text: node.text }]
    case RuleType.textFormatted:
      if (node.tag !== 'strong' && node.tag !== 'em') throw leftOut(page, `text with the tag ${node.tag}`)
      return [{ kind: node.tag, parts: within(node.children) }]
    case RuleType.link: {
      const parts = within(node.children)
      const href = linkTarget(node.target ?? '')
      if (href !== undefined) return [{ kind: 'link', href, parts }]
      return node.target?.startsWith('https://') === true
        ? [...parts, { kind: 'text', text: ` (${node.target})` }]
        : parts
    }
    case RuleType.breakLine:
      return [{ kind: 'text', text: ' ' }]
    case RuleType.image:
      return []
    default:
      throw leftOut(page, `an element of kind ${node.type}`)
  }
}

function block(page: string, node: Node): Block[] {
  const line = (children: readonly Node[]) => flat(children.map((child) => inline(page, child)))
  switch (node.type) {
    case RuleType.heading: {
      if (node.level === 1) return []
      if (node.level > 3) throw leftOut(page, `a heading of level ${node.level}`)
      const parts = line(node.children)
      const anchor = anchorOf(parts.map((part) => ('text' in part ? part.text : '')).join(''))
      return [{ kind: 'heading', level: node.level === 2 ? 2 : 3, anchor, parts }]
    }
    case RuleType.paragraph: {
      const parts = line(node.children)
      return parts.length === 0 ? [] : [{ kind: 'paragraph', parts }]
    }
    case RuleType.codeBlock:
      return [{ kind: 'code', text: node.text }]
    case RuleType.orderedList:
    case RuleType.unorderedList:
      return [
        {
          kind: 'list',
          ordered: node.type === RuleType.orderedList,
          items: node.items.map((item) => blocks(page, item)),
        },
      ]
    case RuleType.table:
      return [{ kind: 'table', head: node.header.map(line), rows: node.cells.map((row) => row.map(line)) }]
    default:
      return [{ kind: 'paragraph', parts: inline(page, node) }]
  }
}

/** The items of a tight list have their text without a paragraph: it is collected into one. */
function blocks(page: string, nodes: readonly Node[]): Block[] {
  const found: Block[] = []
  let line: Inline[] = []
  const endLine = () => {
    if (line.length > 0) found.push({ kind: 'paragraph', parts: line })
    line = []
  }
  for (const node of nodes) {
    if (isInline(node)) line.push(...inline(page, node))
    else {
      endLine()
      found.push(...block(page, node))
    }
  }
  endLine()
  return found
}

const inlineTypes: ReadonlySet<Node['type']> = new Set([
  RuleType.text,
  RuleType.codeInline,
  RuleType.textFormatted,
  RuleType.link,
  RuleType.breakLine,
  RuleType.image,
])
const isInline = ({ type }: Node): boolean => inlineTypes.has(type)

/** A page of the guide as data. What the window cannot show fails the build. */
export function helpPage(name: string, markdown: string): HelpPage {
  const title = /^# (.+)$/m.exec(markdown)?.[1]
  if (title === undefined) throw leftOut(name, 'no title')
  return { title, blocks: blocks(name, parser(markdown)) }
}

/**
 * Gives the window the pages of the guide: `NAME.md` is the page, `NAME.md?title` its title alone, for what is loaded first.
 * `root`: of the checkout. A bundled configuration does not know the place of this file.
 */
export function helpPages(root: string): Plugin {
  const folder = join(root, 'docs/guide').replaceAll('\\', '/')
  return {
    name: 'help-pages',
    enforce: 'pre',
    load(id) {
      const [file = '', query] = id.replaceAll('\\', '/').split('?')
      if (!file.startsWith(`${folder}/`) || !file.endsWith('.md')) return undefined
      this.addWatchFile(file)
      const page = helpPage(basename(file, '.md'), readFileSync(file, 'utf8'))
      return `export default ${JSON.stringify(query?.split('&').includes('title') === true ? page.title : page)}`
    },
  }
}
