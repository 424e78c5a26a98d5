/**
 * Yields the values of several generators as they arrive, and returns their return values in order. When one throws or the
 * consumer stops early, the others are ended.
 */
export async function* merge<Event, Outcome>(
  generators: readonly AsyncGenerator<Event, Outcome>[],
): AsyncGenerator<Event, readonly Outcome[]> {
  type Step = { readonly index: number; readonly step: IteratorResult<Event, Outcome> }
  const next = async (index: number): Promise<Step> => {
    const generator = generators[index]
    if (generator === undefined) throw new RangeError(`no generator ${index}`)
    return { index, step: await generator.next() }
  }
  const waiting = new Map(generators.map((_, index) => [index, next(index)]))
  const outcomes: Outcome[] = []
  let whole = false
  try {
    while (waiting.size > 0) {
      const { index, step } = await Promise.race(waiting.values())
      if (step.done === true) {
        waiting.delete(index)
        outcomes[index] = step.value
        continue
      }
      waiting.set(index, next(index))
      yield step.value
    }
    whole = true
    return outcomes
  } finally {
    // A generator that is waiting ends with its own signal; that is not awaited.
    if (!whole) for (const [index, step] of waiting) void leave(step, generators[index])
  }
}

async function leave<Event, Outcome>(
  step: Promise<unknown>,
  generator: AsyncGenerator<Event, Outcome> | undefined,
): Promise<void> {
  step.catch(() => undefined)
  await generator?.return(undefined as never).catch(() => undefined) // its outcome is not used
}
