type Task = (signal: AbortSignal) => Promise<unknown>

/**
 * Runs the tasks at the same time, each under a signal that ends with `signal` and with the first error. Resolves with
 * their results; rejects with the first error once every task has ended, so that no program of them runs on.
 */
export async function together<const Tasks extends readonly Task[]>(
  signal: AbortSignal,
  ...tasks: Tasks
): Promise<{ -readonly [Index in keyof Tasks]: Awaited<ReturnType<Tasks[Index]>> }> {
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const running = tasks.map(async (task) => {
    try {
      return await task(either)
    } catch (error) {
      failed.abort(error)
      throw error
    }
  })
  await Promise.allSettled(running)
  failed.signal.throwIfAborted()
  // `map` loses that the results have the types and the order of the tasks.
  return (await Promise.all(running)) as { -readonly [Index in keyof Tasks]: Awaited<ReturnType<Tasks[Index]>> }
}
