import { serveThread } from '../../lib/thread/serve.ts'
import { parseManifest } from './manifest.ts'

const api = {
  calls: {
    ready: async (): Promise<true> => true,
    parse: async (text: string) => parseManifest(text),
  },
  streams: {},
}

export type ManifestThread = typeof api

serveThread(api)
