/** A file that someone else wrote to make Hangar stop. Made by code: most are larger than the sources of Hangar. */
export interface HostileFile {
  readonly name: string
  readonly text: () => string
  /** Whether it is accepted: what it relies on takes time that grows with its size. */
  readonly harmless?: boolean
}

export const repeat = (count: number, line: (index: number) => string, between = '\n'): string =>
  Array.from({ length: count }, (_, index) => line(index)).join(between)
