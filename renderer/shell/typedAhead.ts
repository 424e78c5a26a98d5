import { useEffect } from 'react'

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing'>

/** The query after a key press that no text field gets; undefined if the key changes no text. Pure. */
export function typedAhead(query: string, { key, ctrlKey, metaKey, altKey, isComposing }: Press): string | undefined {
  if (ctrlKey || metaKey || altKey || isComposing) return undefined
  if (key === 'Backspace') return [...query].slice(0, -1).join('')
  return [...key].length === 1 ? query + key : undefined
}

/**
 * While the palette is open and its field has no focus yet (it loads, or the dialog moves the focus), the keys go into its
 * query, and none of them into the view behind it.
 */
export function useTypedAhead(open: boolean, setQuery: (change: (query: string) => string) => void): void {
  useEffect(() => {
    if (!open) return
    const onKey = (event: KeyboardEvent) => {
      if (event.target instanceof Element && event.target.closest('[data-palette]') !== null) return
      const isText = typedAhead('', event) !== undefined
      if (!isText && event.key !== 'Enter') return
      event.preventDefault()
      event.stopPropagation()
      if (isText) setQuery((query) => typedAhead(query, event) ?? query)
    }
    addEventListener('keydown', onKey, { capture: true })
    return () => removeEventListener('keydown', onKey, { capture: true })
  }, [open, setQuery])
}
