/** The destination of a connection, as far as proxy settings depend on it. */
interface Destination {
  readonly host: string
  readonly port: number
  readonly tls: boolean
}

/** Variables of an environment, by name. */
export type Variables = Readonly<Record<string, string | undefined>>

/** How a program reads the settings for a destination. */
export interface Reading {
  /** The proxy as written in its variable; empty: a direct connection. */
  readonly through: string
  readonly why: string
}

/** How one kind of program reads the settings. Pure. */
export type Runtime = (destination: Destination, variables: Variables) => Reading

/** The first of the variables that is set and not empty, with its name. */
export function firstSet(
  variables: Variables,
  names: readonly string[],
): { readonly name: string; readonly value: string } | undefined {
  for (const name of names) {
    const value = variables[name]
    if (value !== undefined && value.trim() !== '') return { name, value: value.trim() }
  }
  return undefined
}

export const directly = (why: string): Reading => ({ through: '', why })
export const byEntry = (entry: string): Reading => directly(`the NO_PROXY entry "${entry}" matches it`)
export const through = ({ name, value }: { readonly name: string; readonly value: string }): Reading => ({
  through: value,
  why: `${name} applies, and no NO_PROXY entry matches it`,
})
