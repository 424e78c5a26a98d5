import { type FocusEvent, useLayoutEffect, useRef } from 'react'

interface Focused {
  readonly table: HTMLTableElement
  readonly endpoint: string
  /** Empty: the button of the row itself. */
  readonly cell: string
}

/**
 * A row that changes its group when a run ends is a new element there: without this the focus would fall to the body. From
 * inside of the details it goes to the row.
 */
export function useKeptFocus() {
  const focused = useRef<Focused>(undefined)
  useLayoutEffect(() => {
    const at = focused.current
    if (at === undefined || document.activeElement !== document.body) return
    const row = at.table.querySelector(`[data-endpoint="${CSS.escape(at.endpoint)}"]`)
    row?.querySelector<HTMLElement>(`[data-cell="${CSS.escape(at.cell)}"]`)?.focus({ preventScroll: true })
  })
  return {
    onFocus({ target, currentTarget: table }: FocusEvent<HTMLTableElement>) {
      const line = target.closest<HTMLElement>('[data-endpoint], [data-details]')
      const endpoint = line?.dataset.endpoint ?? line?.dataset.details
      focused.current = endpoint === undefined ? undefined : { table, endpoint, cell: target.dataset.cell ?? '' }
    },
    onBlur() {
      focused.current = undefined
    },
  }
}
