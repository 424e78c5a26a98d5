import { useEffect, useRef } from 'react'

/** What of a key event decides. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

interface Shortcut {
  /** As they are shown, by the platform. */
  readonly keys: { readonly mac: readonly string[]; readonly other: readonly string[] }
  /** Keys that also type a character do nothing in a text field, or above a dialog. */
  readonly types: boolean
  matches(press: KeyPress, platform: Platform): boolean
}

export type Platform = 'mac' | 'other'

const plain = ({ ctrlKey, metaKey, altKey }: KeyPress) => !ctrlKey && !metaKey && !altKey
const onBoth = (...keys: readonly string[]) => ({ mac: keys, other: keys })

/** Option and an arrow move by a word in the text fields of a Mac. */
const inHistory = (arrow: string, bracket: string) => (press: KeyPress, platform: Platform) =>
  platform === 'mac'
    ? press.metaKey && !press.ctrlKey && !press.altKey && !press.shiftKey && press.key === bracket
    : press.altKey && !press.ctrlKey && !press.metaKey && !press.shiftKey && press.key === arrow

/** Every shortcut of the window: those that "?" lists are those that work. Tabs are numbered from 1. */
export const shortcuts = {
  palette: {
    keys: { mac: ['⌘', 'K'], other: ['Ctrl', 'K'] },
    types: false,
    matches: ({ key, ctrlKey, metaKey, altKey, shiftKey }) =>
      key.toLowerCase() === 'k' && (ctrlKey || metaKey) && !altKey && !shiftKey,
  },
  search: { keys: onBoth('/'), types: true, matches: (press) => press.key === '/' && plain(press) },
  tab: {
    keys: onBoth('1', '…', '7'),
    types: true,
    matches: (press) => /^[1-7]$/.test(press.key) && plain(press) && !press.shiftKey,
  },
  back: { keys: { mac: ['⌘', '['], other: ['Alt', '←'] }, types: false, matches: inHistory('ArrowLeft', '[') },
  forward: { keys: { mac: ['⌘', ']'], other: ['Alt', '→'] }, types: false, matches: inHistory('ArrowRight', ']') },
  list: { keys: onBoth('?'), types: true, matches: (press) => press.key === '?' && plain(press) },
} as const satisfies Readonly<Record<string, Shortcut>>

export type ShortcutId = keyof typeof shortcuts

export const shortcutIds = Object.keys(shortcuts) as ShortcutId[] // the keys of the table

export const platform: Platform =
  typeof navigator !== 'undefined' && navigator.platform.startsWith('Mac') ? 'mac' : 'other'

/** `typing`: the focus is in a text field, or a dialog is open. */
export const shortcutOf = (press: KeyPress, on: Platform, typing: boolean): ShortcutId | undefined =>
  shortcutIds.find((id) => shortcuts[id].matches(press, on) && !(typing && shortcuts[id].types))

const isTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null

const isDialogOpen = (): boolean => document.querySelector('[role=dialog]') !== null

/** The buttons at the side of a mouse (UI Events, section 5.3.1.1). */
const mouseButtons: Readonly<Record<number, 'back' | 'forward'>> = { 3: 'back', 4: 'forward' }

/**
 * Runs the shortcuts as long as the component is shown. The buttons of a mouse go back and forward in the desktop app as in
 * a browser; where the browser would do so too, it does not do it again.
 */
export function useShortcuts(actions: Readonly<Record<ShortcutId, (key: string) => void>>): void {
  const current = useRef(actions)
  useEffect(() => {
    current.current = actions
  }, [actions])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing || event.defaultPrevented) return
      const id = shortcutOf(event, platform, isTextField(event.target) || isDialogOpen())
      if (id === undefined) return
      event.preventDefault()
      current.current[id](event.key)
    }
    const onMouse = (event: MouseEvent) => {
      const id = mouseButtons[event.button]
      if (id === undefined) return
      event.preventDefault()
      current.current[id]('')
    }
    addEventListener('keydown', onKey)
    addEventListener('mouseup', onMouse)
    return () => {
      removeEventListener('keydown', onKey)
      removeEventListener('mouseup', onMouse)
    }
  }, [])
}
