import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import { keepForLong, recallForLong } from '../lib/keep.ts'

const [lowest, usual, highest] = [15, 30, 60]
const keyStep = 5
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

/**
 * The height of a panel as a share of its parent, in percent; undefined: that of the style sheet. A separator at its upper
 * edge changes it, by pointer or arrow keys.
 */
export function useShare(name: string, label: string) {
  const [share, setShare] = useState(() => recallForLong(name, isNumber))
  const change = (percent: number): void => {
    const next = Math.min(highest, Math.max(lowest, Math.round(percent)))
    setShare(next)
    keepForLong(name, next)
  }
  return {
    height: share === undefined ? undefined : `${share}%`,
    separator: {
      role: 'separator',
      'aria-label': label,
      'aria-orientation': 'horizontal',
      'aria-valuenow': share ?? usual,
      'aria-valuemin': lowest,
      'aria-valuemax': highest,
      tabIndex: 0,
      onPointerDown({ currentTarget, pointerId }: PointerEvent<HTMLElement>) {
        currentTarget.setPointerCapture(pointerId)
      },
      onPointerMove({ currentTarget, pointerId, clientY }: PointerEvent<HTMLElement>) {
        const panel = currentTarget.parentElement
        const parent = panel?.parentElement
        if (!currentTarget.hasPointerCapture(pointerId) || !panel || !parent) return
        change(((panel.getBoundingClientRect().bottom - clientY) / parent.clientHeight) * 100)
      },
      onKeyDown(event: KeyboardEvent<HTMLElement>) {
        const step = event.key === 'ArrowUp' ? keyStep : event.key === 'ArrowDown' ? -keyStep : 0
        if (step === 0) return
        event.preventDefault()
        change((share ?? usual) + step)
      },
    },
  } as const
}
