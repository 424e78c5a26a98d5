import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { build } from 'vite'
import { replyWith } from '../../main/page/reply.ts'
import { helpPages } from '../../scripts/help-pages.ts'
import { visibleElements } from '../../scripts/visible-elements.ts'
import { fakeBackend } from './fakeBackend.ts'

const root = join(import.meta.dirname, '../..')

export interface WindowServer {
  readonly origin: string
  close(): void
}

/** Builds the real page and window as for release into `folder`, with the fake backend instead of the client (`renderer/client.ts`). */
export async function buildWindow(folder: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: join(root, 'renderer'),
    base: '/',
    publicDir: join(root, 'assets/icons/public'),
    plugins: [visibleElements(root), helpPages(root), react(), fakeBackend],
    build: { outDir: folder, emptyOutDir: true, modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  })
}

/** Serves a built window under the browser host's content security policy. */
export async function serveFolder(folder: string): Promise<WindowServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    void replyWith(folder, pathname, { kind: 'browser', connect: "'none'" }).then(({ status, headers, body }) => {
      response.writeHead(status, headers).end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on TCP has an address of that shape.
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
