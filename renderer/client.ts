import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { portChannel, requestChannel } from '../preload/channels.ts'
import { createBrowserHost } from './browserSession.ts'
import type { Client } from './lib/client.ts'
import { isDesktop } from './lib/host.ts'

const connectTimeoutMs = 10_000
const requestIntervalMs = 200

const browserHost = isDesktop ? undefined : createBrowserHost()

/** Ends the session; undefined in the desktop app, which has none. */
export const signOut = browserHost?.signOut

/** Connects to the core over the transport of the host that served this page. Rejects after 10 s. */
export async function connect(): Promise<Client> {
  if (browserHost !== undefined) return browserHost.connect()
  return createORPCClient(new RPCLink({ port: await requestPort() }))
}

/** The preload script sends the page's port on request. It can start later than the page, so the request repeats. */
function requestPort(): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    const request = (): void => window.postMessage(requestChannel, location.origin)
    const repeat = setInterval(request, requestIntervalMs)
    const timeout = setTimeout(() => {
      stop()
      reject(new Error('The core sent no port within 10 s.'))
    }, connectTimeoutMs)
    const onMessage = (event: MessageEvent): void => {
      const [port] = event.ports
      if (event.source !== window || event.data !== portChannel || port === undefined) return
      stop()
      port.start()
      resolve(port)
    }
    const stop = (): void => {
      clearInterval(repeat)
      clearTimeout(timeout)
      window.removeEventListener('message', onMessage)
    }
    window.addEventListener('message', onMessage)
    request()
  })
}
