import { join } from 'node:path'
import { createServer, type ViteDevServer } from 'vite'
import config from '../electron.vite.config.ts'
import { fakeBackend } from '../test/window/fakeBackend.ts'
import { pageOfHost } from './page-of-host.ts'

const root = join(import.meta.dirname, '..')

export interface GalleryServer {
  readonly address: string
  readonly vite: ViteDevServer
  close(): Promise<void>
}

/** Serves the gallery, and the window on the fake backend for its frames. Port 0 is any free one. */
export async function startGallery(port: number): Promise<GalleryServer> {
  const { publicDir, plugins = [] } = config.renderer ?? {}
  const vite = await createServer({
    root,
    publicDir,
    configFile: false,
    logLevel: 'warn',
    plugins: [...plugins, fakeBackend, pageOfHost],
    // Vite finds the dependencies from the pages; otherwise it would reload the first views when it finds them.
    optimizeDeps: { entries: ['renderer/index.html', 'test/window/gallery/*.html'] },
    cacheDir: join(root, 'node_modules/.vite-gallery'),
    server: { host: '127.0.0.1', port, strictPort: port !== 0 },
  })
  await vite.listen()
  return {
    address: new URL('/test/window/gallery/index.html', vite.resolvedUrls?.local[0]).href,
    vite,
    close: () => vite.close(),
  }
}
