function write(storage: () => Storage, name: string, value: unknown): void {
  try {
    if (value === undefined) storage().removeItem(name)
    else storage().setItem(name, JSON.stringify(value))
  } catch {
    // Storage can be off or full; the window works without it.
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

/** Stores a small value until the window closes, so that it survives a reload. Never a secret. */
export const keep = (name: string, value: unknown): void => write(session, name, value)

/** The stored value, if it has the shape that `isShape` checks. */
export const recall = <Value>(name: string, isShape: (value: unknown) => value is Value): Value | undefined =>
  read(session, name, isShape)

/** Stores a small value beyond the window, where the host permits local storage. Never a secret. */
export const keepForLong = (name: string, value: unknown): void => write(local, name, value)

/** The value in local storage, if it has the shape that `isShape` checks. */
export const recallForLong = <Value>(name: string, isShape: (value: unknown) => value is Value): Value | undefined =>
  read(local, name, isShape)
