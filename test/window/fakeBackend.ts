import { join } from 'node:path'
import type { Plugin } from 'vite'

/** Replaces the client (`renderer/client.ts`) with the fake backend. */
export const fakeBackend: Plugin = {
  name: 'fake-backend',
  enforce: 'pre',
  resolveId: (source, importer) =>
    source === './client.ts' && importer?.endsWith('renderer/main.tsx')
      ? join(import.meta.dirname, 'fake-backend/connect.ts')
      : undefined,
}
