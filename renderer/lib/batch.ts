/** About a frame at 20 Hz: fast enough to look live, slow enough that a burst is one render. */
const everyMs = 50

export interface Batch<Item> {
  add(item: Item): void
  /** Passes on the collected items immediately. */
  flush(): void
}

/** Collects items and passes them on together. A timer, not an animation frame: hidden windows get none. */
export function createBatch<Item>(take: (items: readonly Item[]) => void): Batch<Item> {
  let items: Item[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  function flush() {
    clearTimeout(timer)
    timer = undefined
    if (items.length === 0) return
    const taken = items
    items = []
    take(taken)
  }
  return {
    add(item) {
      items.push(item)
      timer ??= setTimeout(flush, everyMs)
    },
    flush,
  }
}
