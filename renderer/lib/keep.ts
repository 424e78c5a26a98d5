function write(storage: () => Storage, name: string, value: unknown): void {
  try {
    if (value === undefined) storage().removeItem(name)
    else storage().setItem(name, JSON.stringify(value))
  } catch {
    // Storage may be off or full: then the value is asked for again, which is all that is lost.
  }
}

function read<Value>(
  storage: () => Storage,
  name: string,
  isShape: (value: unknown) => value is Value,
): Value | undefined {
  try {
    const value: unknown = JSON.parse(storage().getItem(name) ?? 'null')
    return isShape(value) ? value : undefined
  } catch {
    return undefined
  }
}

const session = () => sessionStorage
const local = () => localStorage

/** Keeps a small value for this window until it closes, so that a reload loses nothing. Never a secret. */
export const keep = (name: string, value: unknown): void => write(session, name, value)

/** What was kept, if it still has the shape that `isShape` asks for. */
export const recall = <Value>(name: string, isShape: (value: unknown) => value is Value): Value | undefined =>
  read(session, name, isShape)

/** Keeps a small value for the next window too, where the host lets a page do so. Never a secret. */
export const keepForLong = (name: string, value: unknown): void => write(local, name, value)

/** What was kept for long, if it still has the shape that `isShape` asks for. */
export const recallForLong = <Value>(name: string, isShape: (value: unknown) => value is Value): Value | undefined =>
  read(local, name, isShape)
