import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { en } from './en/index.ts'
import { kits } from './en/kits.ts'
import { vendor } from './en/vendor.ts'
import { workloads } from './en/workloads.ts'
import type { AnyKey, Key, ValuesOf } from './keys.ts'
import { Rich, tags } from './Rich.tsx'
import { compile, isKey, t } from './t.ts'

type Tree = { readonly [name: string]: string | Tree }

const messagesOf = (tree: Tree, path: readonly string[] = []): readonly (readonly [key: string, message: string])[] =>
  Object.entries(tree).flatMap(([name, part]) =>
    typeof part === 'string' ? [[[...path, name].join('.'), part] as const] : messagesOf(part, [...path, name]),
  )

const messages = messagesOf({ ...en, kits, vendor, workloads })
const root = join(import.meta.dirname, '..')

/** The text of every file of the window but the catalogue. */
const source = globSync('**/*.{ts,tsx}', { cwd: root, exclude: ['strings/**', '**/*.test.*'] })
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n')

/** Keys in the code: a complete one, or a template whose placeholders stand for one or more names. */
const keysInUse = [...source.matchAll(/(['"`])([a-z][\w-]*\.(?:[\w.-]|\$\{[^}]*\})+)\1/g)].map(
  ([, , text = '']) => new RegExp(`^${text.replaceAll('.', '\\.').replaceAll(/\$\{[^}]*\}/g, '.+')}$`),
)

describe('the catalogue', () => {
  it.each(messages)('%s compiles as an ICU message', (_, message) => {
    expect(() => compile(message, 'en')).not.toThrow()
  })

  it.each(messages)('%s is used', (key) => {
    expect(keysInUse.some((used) => used.test(key))).toBe(true)
  })

  it('has only tags for which an element exists', () => {
    const used = messages.flatMap(([, message]) => [...message.matchAll(/<\/?([^\s>/]+)/g)].map(([, tag]) => tag))
    expect(tags).toEqual(expect.arrayContaining([...new Set(used)]))
  })
})

describe('t', () => {
  it('selects the plural form and formats the number', () => {
    expect(t('connectivity.watch.every', { minutes: 1 })).toBe('Every minute')
    expect(t('connectivity.watch.every', { minutes: 2_000 })).toBe('Every 2,000 minutes')
  })

  it('shows a value unchanged: ICU syntax, tags and nested keys in it have no effect', () => {
    const value = "{code} <b>'x'</b> $t(ui.close) {n, plural, other {#}}"
    expect(t('ui.evidence', { code: value })).toBe(`Evidence (${value})`)
  })

  it('reports whether a key exists', () => {
    expect(isKey('ui.verdict.pass')).toBe(true)
    expect(isKey('ui.verdict')).toBe(false)
    expect(isKey('ui.verdict.good')).toBe(false)
  })

  it('has types for keys and values', () => {
    expectTypeOf<'ui.verdict.pass'>().toExtend<Key>()
    expectTypeOf<'ui.verdict.good'>().not.toExtend<AnyKey>()
    expectTypeOf<ValuesOf<'ui.evidence'>>().toEqualTypeOf<{ readonly code: string | number }>()
    expectTypeOf<ValuesOf<'connectivity.watch.every'>>().toEqualTypeOf<{ readonly minutes: number }>()
    // @ts-expect-error: a value is missing
    expect(() => t('ui.evidence', {})).toThrow()
    // @ts-expect-error: the key does not exist
    expect(t('ui.nothing')).toBe('ui.nothing')
  })
})

describe('Rich', () => {
  it('renders tags and element values as elements, and the content of text values as text', () => {
    const last = createElement('b', undefined, '<i>now</i>')
    expect(
      renderToStaticMarkup(
        createElement(Rich<'connectivity.watch.lastRun'>, { message: 'connectivity.watch.lastRun', values: { last } }),
      ),
    ).toBe('Last run <b>&lt;i&gt;now&lt;/i&gt;</b>')
  })
})
