// Writes lines at a steady rate, one timer tick for several of them where the rate is high.
import { setInterval as every } from 'node:timers/promises'
import { log, stopping } from './runtime.mjs'

const tickMs = 100

/** Calls `write(index, at)` `perSecond` times a second until the program ends; gives the count of lines so far. */
export const writeSteadily = (perSecond, write) => {
  const state = { written: 0 }
  const startedAt = Date.now()
  const run = async () => {
    for await (const _ of every(tickMs, undefined, { signal: stopping })) {
      const due = Math.floor(((Date.now() - startedAt) / 1_000) * perSecond)
      while (state.written < due) {
        write(state.written, new Date())
        state.written += 1
      }
    }
  }
  run().catch((error) => {
    if (!stopping.aborted) log('ERROR', 'writing ended', { error: error.message })
  })
  return state
}
