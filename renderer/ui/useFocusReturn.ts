import { useEffect, useRef } from 'react'

/** After the focus trap of the dialog has ended. */
const returnDelayMs = 0

/** The last part of the page itself that had the focus: the button of a menu, not its item, which is gone by then. */
let lastFocused: Element | null = null

const note = ({ target }: FocusEvent): void => {
  if (target instanceof Element && target.closest('[role=menu], [role=dialog]') === null) lastFocused = target
}

/** Follows the focus until the returned function is called. */
export function followFocus(): () => void {
  document.addEventListener('focusin', note)
  return () => document.removeEventListener('focusin', note)
}

/**
 * For what is open as long as it is rendered: the focus returns to what opened it. Where nothing did (a reload, Back), it goes
 * to the view.
 */
export function useFocusReturn(): void {
  const opener = useRef<Element | null>(undefined)
  if (opener.current === undefined) {
    const { activeElement } = document
    const isGone = activeElement === document.body || activeElement?.closest('[role=menu]') !== null
    opener.current = isGone ? lastFocused : activeElement
  }
  useEffect(() => {
    const from = opener.current
    return () => {
      setTimeout(() => {
        const known = from instanceof Element && from.isConnected && from !== document.body
        const target = known ? from : document.querySelector('#view')
        if (target instanceof HTMLElement || target instanceof SVGElement) target.focus({ preventScroll: true })
      }, returnDelayMs)
    }
  }, [])
}
