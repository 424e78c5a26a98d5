import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { causes } from '../main/connectivity/probe/causes.ts'
import { catalogue } from '../main/install/preflight/catalogue.ts'
import { hints } from '../preload/contract/problem.ts'
import type { Block, HelpPage, Inline } from '../renderer/help/page.ts'
import { excerpt, searchHelp, sectionsOf } from '../renderer/help/search.ts'
import { type HelpTopic, helpAddress } from '../renderer/lib/help.ts'
import { helpPage } from './help-pages.ts'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'docs/guide')
const pages: ReadonlyMap<string, HelpPage> = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => {
      const name = file.slice(0, -'.md'.length)
      return [name, helpPage(name, readFileSync(join(folder, file), 'utf8'))]
    }),
)
const anchorsOf = (page: HelpPage | undefined) =>
  (page?.blocks ?? []).flatMap((block) => (block.kind === 'heading' ? [block.anchor] : []))

/** Does the address lead to a heading, or to a page where it names none? `renderer/shell/address.test.ts` has its form. */
function isThere(address: string): boolean {
  const [start, view, name = '', anchor, ...rest] = address.split('/').map(decodeURIComponent)
  const page = pages.get(name)
  if (start !== '#' || view !== 'help' || page === undefined || rest.length > 0) return false
  return anchor === undefined || anchorsOf(page).includes(anchor)
}

/** Codes that the window makes by itself stand in its sources alone. */
const codesOfWindow = globSync('renderer/**/*.{ts,tsx}', {
  cwd: root,
  exclude: ['**/*.test.*', '**/samples.ts'],
}).flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/\bcode: '([A-Z][A-Z_]+)'/g)].flatMap(([, code]) => code ?? []),
)

describe('the help', () => {
  it.each<[HelpTopic, readonly string[]]>([
    ['causes', Object.keys(causes)],
    ['checks', catalogue.map(({ id }) => id)],
    ['errors', [...Object.keys(hints), ...codesOfWindow]],
  ])('has a section for each of its %s', (topic, names) => {
    expect(names.length).toBeGreaterThan(20)
    expect(names.filter((name) => !isThere(helpAddress(topic, name)))).toEqual([])
  })

  it('has the page of each link between pages, and its heading', () => {
    const links = (part: Inline): string[] =>
      part.kind === 'link' ? [part.href] : 'parts' in part ? part.parts.flatMap(links) : []
    const ofBlock = (block: Block): string[] => {
      switch (block.kind) {
        case 'list':
          return block.items.flatMap((item) => item.flatMap(ofBlock))
        case 'table':
          return [block.head, ...block.rows].flat(2).flatMap(links)
        case 'code':
          return []
        default:
          return block.parts.flatMap(links)
      }
    }
    const found = [...pages.values()].flatMap(({ blocks }) => blocks.flatMap(ofBlock))
    expect(found.length).toBeGreaterThan(30)
    expect(found.filter((href) => !isThere(href))).toEqual([])
  })

  it.each([...pages])('names each heading of %s once', (_, page) => {
    const anchors = anchorsOf(page)
    expect(new Set(anchors).size).toBe(anchors.length)
  })

  it('has no page with an element that the window cannot show', () => {
    expect(() => helpPage('x', '# X\n\n<video src="x"></video>\n')).toThrow('docs/guide/x.md')
    expect(() => helpPage('x', '# X\n\n<script>alert(1)</script>\n')).toThrow('docs/guide/x.md')
  })

  it('makes links of this window from links between pages, and text from every other address', () => {
    const { blocks } = helpPage('x', '# X\n\n[a](checks.md#node-ready), [b](https://example.com/), [c](../adr/1.md)\n')
    expect(blocks).toEqual([
      {
        kind: 'paragraph',
        parts: [
          { kind: 'link', href: '#/help/checks/node-ready', parts: [{ kind: 'text', text: 'a' }] },
          { kind: 'text', text: ', ' },
          { kind: 'text', text: 'b' },
          { kind: 'text', text: ' (https://example.com/)' },
          { kind: 'text', text: ', ' },
          { kind: 'text', text: 'c' },
        ],
      },
    ])
  })
})

describe('the search of the help', () => {
  const sections = sectionsOf(pages)
  it.each([
    ['tls.reset', 'causes', 'tls-reset'],
    ['reset tls', 'causes', 'tls-reset'],
    ['TIMED_OUT', 'errors', 'timed-out'],
    ['node pressure', 'checks', 'node-pressure'],
  ])('finds "%s" first on the page %s', (query, page, anchor) => {
    expect(searchHelp(sections, query)[0]).toMatchObject({ page, anchor })
  })

  it('finds nothing for no words, and only sections with all words', () => {
    expect(searchHelp(sections, ' ')).toEqual([])
    expect(searchHelp(sections, 'tls unlikelyword')).toEqual([])
  })

  it('shows the text around the first word', () => {
    expect(excerpt(`${'a '.repeat(100)}needle ${'b '.repeat(100)}`, 'needle')).toMatch(/^… (a )+needle (b )+…$/)
    expect(excerpt('short needle', 'needle')).toBe('short needle')
  })
})
