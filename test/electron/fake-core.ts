import { setTimeout as sleep } from 'node:timers/promises'
import { implement } from '@orpc/server'
import type { App } from '../../main/app.ts'
import { contract } from '../../preload/contract/index.ts'

/** A core for tests of the transport: counts the streams that are open and those that have ended. */
export const streams = { streaming: 0, ended: 0 }
Object.assign(globalThis, { server: streams })

const os = implement(contract)

export async function createApp(): Promise<App> {
  const router = {
    settings: {
      about: os.settings.about.handler(() => ({
        version: '1.2.3',
        host: 'desktop',
        home: '/fake/home',
        runtime: process.version,
        platform: process.platform,
      })),
      set: os.settings.set.handler(({ errors }) => {
        throw errors.INPUT_INVALID({ message: 'No such theme.', data: { hint: 'Choose another.', evidence: 'theme' } })
      }),
    },
    clusters: {
      watchContexts: os.clusters.watchContexts.handler(async function* ({ signal }) {
        streams.streaming += 1
        try {
          for (;;) {
            yield { contexts: [], problems: [], readAt: new Date().toISOString() }
            await sleep(20, undefined, { signal })
          }
        } finally {
          streams.streaming -= 1
          streams.ended += 1
        }
      }),
    },
  }
  return { router, close: async () => undefined } as unknown as App // as much of the core as the test calls
}
