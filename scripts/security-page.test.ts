import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const page = readFileSync(join(root, 'SECURITY.md'), 'utf8')

interface TestLink {
  readonly title: string
  readonly file: string
}

/** Links such as `["a title"](main/a.test.ts)`. */
const testLinks = (text: string): TestLink[] =>
  [...text.matchAll(/\["((?:(?!"\]).)+)"\]\(([^)]+)\)/g)].map(([, title = '', file = '']) => ({ title, file }))

/** Whether the file has a test or a group of tests whose title, or a part of it, this is. */
function hasTitle(source: string, title: string): boolean {
  const literals = source.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)
  return [...literals].some((texts) =>
    texts.slice(1).some((text) => text?.replaceAll(/\\(['"`])/g, '$1').includes(title)),
  )
}

/** The rows of the tables of attacks, as cells. */
const attacks = page
  .split('\n\n')
  .filter((block) => block.startsWith('| Attack '))
  .flatMap((table) => table.trim().split('\n').slice(2))
  .map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(' ', '-')
const anchors = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)))

describe('the threat model', () => {
  it.each(testLinks(page))('names the test "$title" of $file, which exists', ({ title, file }) => {
    expect(file).toMatch(/\.test\.ts$/)
    expect(hasTitle(readFileSync(join(root, file), 'utf8'), title)).toBe(true)
  })

  it.each(attacks)('names a test for "%s", or that it has none', (...cells) => {
    const [attack, protection, tests = ''] = cells

    expect([attack, protection, cells.length]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./), 4])
    expect(tests === 'None' || testLinks(tests).length > 0).toBe(true)
  })

  it('has a table of attacks for each actor', () => {
    const actors = [...page.matchAll(/^\| \[[^\]]+\]\(#([^)]+)\)/gm)].map(([, anchor = '']) => anchor)
    const sections = page.split(/^## /m).filter((section) => section.includes('\n| Attack '))

    expect(actors.length).toBe(9)
    expect(sections.map((section) => anchorOf(section.split('\n', 1).join('')))).toEqual(actors)
  })

  it('links only to files and sections that exist', () => {
    const targets = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target)

    const broken = targets.filter((target) => {
      const [file = '', anchor = ''] = target.split('#')
      return file === '' ? !anchors.has(anchor) : !existsSync(join(root, file))
    })
    expect(broken).toEqual([])
  })
})

describe('a title', () => {
  it.each([
    [true, 'it(\'opens no "inspector" here\', () => {})', 'opens no "inspector"'],
    [true, "it('is the user\\'s own', () => {})", "the user's own"],
    [true, 'describe.skipIf(reason)(`in a cluster ${reason}`, () => {})', 'in a cluster'],
    [false, '// it refuses a path', 'refuses a path'],
    [false, "it('refuses a path', () => {})", 'refuses a link'],
  ])('is found only in a text literal: %s in %s', (found, source, title) => {
    expect(hasTitle(source, title)).toBe(found)
  })
})
