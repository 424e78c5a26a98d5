import { setTimeout as delay } from 'node:timers/promises'
import { serveThread } from '../../main/lib/thread/serve.ts'
import { Problem } from '../../preload/contract/problem.ts'

/** The API that the tests of threads call. */
let produced = 0
let ended = 0

const api = {
  calls: {
    double: async (value: number, _signal: AbortSignal) => value * 2,
    failWithProblem: async (field: string, _signal: AbortSignal): Promise<never> => {
      throw new Problem('INPUT_INVALID', `No ${field}`, 'evidence')
    },
    failWithBug: async (_: null, _signal: AbortSignal): Promise<never> => {
      throw new TypeError('a bug')
    },
    hang: async (_: null, signal: AbortSignal) => {
      await delay(60_000, undefined, { signal })
    },
    exit: async (code: number, _signal: AbortSignal): Promise<never> => process.exit(code),
    counts: async (_: null, _signal: AbortSignal) => ({ produced, ended }),
  },
  streams: {
    async *count(from: number, _signal: AbortSignal) {
      try {
        for (let next = from; ; next += 1) {
          produced += 1
          yield next
        }
      } finally {
        ended += 1
      }
    },
    async *silent(_: null, signal: AbortSignal): AsyncGenerator<number> {
      try {
        await delay(60_000, undefined, { signal })
        yield 1
      } finally {
        ended += 1
      }
    },
  },
}
export type Sample = typeof api

serveThread(api)
