import { expect, it } from 'vitest'
import { type KeyPress, type Platform, shortcutIds, shortcutOf, shortcuts } from './shortcuts.ts'

const modifiers = { Ctrl: 'ctrlKey', '⌘': 'metaKey', Alt: 'altKey' } as const
const isModifier = (name: string): name is keyof typeof modifiers => Object.hasOwn(modifiers, name)
const keyNames: Readonly<Record<string, string>> = { '←': 'ArrowLeft', '→': 'ArrowRight', K: 'k' }

/** What a person presses who reads the list. */
function pressed(shown: readonly string[]): KeyPress {
  const key = shown.find((name) => !isModifier(name)) ?? ''
  return {
    ...{ ctrlKey: false, metaKey: false, altKey: false, shiftKey: key === '?' },
    ...Object.fromEntries(shown.filter(isModifier).map((name) => [modifiers[name], true])),
    key: keyNames[key] ?? key,
  }
}

const each = shortcutIds.flatMap((id) => (['mac', 'other'] as const).map((on): [typeof id, Platform] => [id, on]))

it.each(each)('the keys that are listed for "%s" on platform %s run it', (id, on) => {
  expect(shortcutOf(pressed(shortcuts[id].keys[on]), on, false)).toBe(id)
})

it.each(each)('in a text field, "%s" on platform %s does not take a character that is typed', (id, on) => {
  const press = pressed(shortcuts[id].keys[on])
  const types = press.key.length === 1 && !press.ctrlKey && !press.metaKey && !press.altKey
  expect(shortcutOf(press, on, true)).toBe(types ? undefined : id)
})

it('a key with another modifier is no shortcut', () => {
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }
  expect(shortcutOf({ ...none, key: '1', ctrlKey: true }, 'other', false)).toBeUndefined()
  expect(shortcutOf({ ...none, key: 'k', ctrlKey: true, shiftKey: true }, 'other', false)).toBeUndefined()
  expect(shortcutOf({ ...none, key: 'ArrowLeft', altKey: true }, 'mac', false)).toBeUndefined()
})
