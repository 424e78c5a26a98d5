/** The long run (`npm run test:long`) tests everything; a usual one a sample of the long suites. */
export const isLongRun = process.env.HANGAR_LONG === '1'

/** Selects the sample, or what is random in one: another one each day, or the one that `HANGAR_SEED` names. */
export const sampleSeed = Number(process.env.HANGAR_SEED ?? Math.floor(Date.now() / 86_400_000))

/** `count` of the items, in their order; the same ones for the same seed. Pure. */
export function sample<Item>(items: readonly Item[], count: number, seed = sampleSeed): Item[] {
  const left = items.map((_, index) => index)
  const taken: number[] = []
  let state = seed >>> 0
  while (taken.length < count && left.length > 0) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0 // Numerical Recipes' generator
    taken.push(...left.splice(Math.floor((state / 2 ** 32) * left.length), 1))
  }
  const chosen = new Set(taken)
  return items.filter((_, index) => chosen.has(index))
}

/** All items in a long run, else `count` of them. */
export const someOf = <Item>(items: readonly Item[], count: number): readonly Item[] =>
  isLongRun ? items : sample(items, count)
