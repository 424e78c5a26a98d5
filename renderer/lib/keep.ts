/** Keeps a small value for this window until it closes, so that a reload loses nothing. Never a secret. */
export function keep(name: string, value: unknown): void {
  try {
    if (value === undefined) sessionStorage.removeItem(name)
    else sessionStorage.setItem(name, JSON.stringify(value))
  } catch {
    // Storage may be off or full: then a reload starts afresh, which is all that is lost.
  }
}

/** What was kept, if it still has the shape that `isShape` asks for. */
export function recall<Value>(name: string, isShape: (value: unknown) => value is Value): Value | undefined {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(name) ?? 'null')
    return isShape(value) ? value : undefined
  } catch {
    return undefined
  }
}
