/** Something to do, and the ids of what must have succeeded before. */
export interface Dependent {
  readonly id: string
  /** An id that no item has counts as done. */
  readonly needs: readonly string[]
}

/**
 * Runs a task for each item once what it needs has succeeded, at most `atOnce` at the same time; of those that can begin, the
 * earliest in the list. After an error no other task begins; rejects with the first error once the tasks under way have ended.
 */
export async function inDependencyOrder<Item extends Dependent>(
  items: readonly Item[],
  atOnce: number,
  task: (item: Item) => Promise<void>,
): Promise<void> {
  const open = new Set(items.map(({ id }) => id))
  const waiting = [...items]
  const running = new Set<Promise<void>>()
  const errors: unknown[] = []
  const begin = (item: Item): void => {
    const work = task(item)
      .then(
        () => void open.delete(item.id),
        (error: unknown) => void errors.push(error),
      )
      .finally(() => running.delete(work))
    running.add(work)
  }
  for (;;) {
    while (errors.length === 0 && running.size < atOnce) {
      const next = waiting.findIndex(({ needs }) => needs.every((id) => !open.has(id)))
      const [item] = next < 0 ? [] : waiting.splice(next, 1)
      if (item === undefined) break
      begin(item)
    }
    if (running.size === 0) break
    await Promise.race(running)
  }
  if (errors.length > 0) throw errors[0]
  const [stuck] = waiting
  if (stuck !== undefined) throw new Error(`What ${stuck.id} needs also needs ${stuck.id}.`)
}
