/** Asks the user, and calls `proceed` if they leave; false: there is nothing to ask. */
type Guard = (proceed: () => void) => boolean

let current: Guard | undefined

/** Until it is called, the user is asked before they leave what is shown. */
export function guardLeaving(guard: Guard): () => void {
  current = guard
  return () => {
    if (current === guard) current = undefined
  }
}

/** Whether the user is asked before leaving: the caller stops, and `proceed` is called if they leave. */
export function asksToLeave(proceed: () => void): boolean {
  const guard = current
  if (guard === undefined) return false
  return guard(() => {
    current = undefined
    proceed()
  })
}
