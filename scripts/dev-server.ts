import { join } from 'node:path'
import { createServer, type ProxyOptions, type ViteDevServer } from 'vite'
import config from '../electron.vite.config.ts'
import { createApp } from '../main/app.ts'
import { type Listening, listen } from '../main/serve/listen.ts'
import { socketPath } from '../preload/browser-session.ts'
import { pageOfHost } from './page-of-host.ts'

const root = join(import.meta.dirname, '..')

export interface DevServer {
  /** Single use, like the address of the browser host. */
  readonly address: string
  readonly vite: ViteDevServer
  close(): Promise<void>
}

/**
 * The window from its sources, with hot reload, over the core of the browser host. Vite passes the socket on to the browser
 * host, whose sign-in protects the core here too. Port 0 is any free one.
 */
export async function startDevServer(options: {
  readonly home: string
  readonly kubeconfig?: string
  readonly port: number
}): Promise<DevServer> {
  const { home, kubeconfig, port } = options
  const app = await createApp({ home, kubeconfig, host: 'browser' })
  let listening: Listening | undefined
  try {
    listening = await listen(Promise.resolve(root), Promise.resolve(app), 0)
    const core = listening
    const vite = await createServer({
      ...config.renderer,
      configFile: false,
      logLevel: 'warn',
      plugins: [...(config.renderer?.plugins ?? []), pageOfHost],
      server: {
        host: '127.0.0.1',
        port,
        strictPort: port !== 0,
        fs: { allow: [root] },
        proxy: {
          [socketPath]: socketTo(core.port),
        },
      },
    })
    await vite.listen()
    const { hash } = new URL(core.createAddress())
    return {
      address: new URL(hash, vite.resolvedUrls?.local[0]).href,
      vite,
      async close() {
        await vite.close()
        await core.close()
        await app.close()
      },
    }
  } catch (error) {
    await listening?.close()
    await app.close()
    throw error
  }
}

/** Replaces only the origin of our own page by that of the core. The core refuses the origin of any other site. */
function socketTo(port: number): ProxyOptions {
  const target = `http://127.0.0.1:${port}`
  return {
    target,
    ws: true,
    changeOrigin: true,
    configure(proxy) {
      proxy.on('proxyReqWs', (toCore, { headers }) => {
        if (headers.origin === `http://${headers.host}`) toCore.setHeader('origin', target)
      })
    },
  }
}
