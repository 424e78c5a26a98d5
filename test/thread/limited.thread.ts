import { serveThread } from '../../main/lib/thread/serve.ts'

/** The API that the tests of limited threads call. */
const api = {
  calls: {
    ready: async (): Promise<true> => true,
    double: async (value: number) => value * 2,
    spin: async (_: null): Promise<never> => {
      for (;;);
    },
    allocate: async (_: null): Promise<never> => {
      const all: number[][] = []
      for (;;) all.push(Array.from({ length: 10_000 }, (_, index) => index))
    },
    fail: async (_: null): Promise<never> => {
      throw new TypeError('a bug')
    },
  },
  streams: {},
}
export type Limited = typeof api

serveThread(api)
