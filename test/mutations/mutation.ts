/** A protection as its source has it, and the test that must fail once it is removed. */
export interface Mutation {
  /** Unique; lower case with hyphens. Names the protection. */
  readonly id: string
  /** Path from the root of the checkout, with "/". */
  readonly file: string
  /** The text of the protection, or a pattern for it. It occurs exactly once in the file. */
  readonly find: string | RegExp
  /** What the program would be without the protection: it still compiles. */
  readonly replace: string
  readonly test: {
    readonly project: 'unit' | 'slow' | 'peers' | 'window' | 'cluster' | 'journey'
    /** Path from the root of the checkout, with "/". */
    readonly file: string
    /** A part of the name of a test, or of the block around it, as the text of the file has it. One of its tests must fail. */
    readonly title: string
  }
}

/** The test of a file beside the code. */
export const unit = (file: string, title: string): Mutation['test'] => ({
  project: file.endsWith('.slow.test.ts') ? 'slow' : 'unit',
  file,
  title,
})

/** The text as a pattern that matches exactly it. */
export const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** The file's text without the protection. Throws where the protection is not in the text exactly once. Pure. */
export function mutate(
  text: string,
  { id, file, find, replace }: Pick<Mutation, 'id' | 'file' | 'find' | 'replace'>,
): string {
  const pattern = typeof find === 'string' ? new RegExp(literally(find), 'g') : new RegExp(find, `${find.flags}g`)
  const count = [...text.matchAll(pattern)].length
  if (count !== 1) {
    const found = count === 0 ? 'does not occur' : `occurs ${count} times`
    throw new Error(`${id}: its text ${found} in ${file}. Update the entry, so that the protection stays tested.`)
  }
  const mutated = text.replace(pattern, () => replace)
  if (mutated === text) throw new Error(`${id}: the replacement changes nothing in ${file}.`)
  return mutated
}
