import { type ClientContext, type ClientLink, createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { portChannel, requestChannel } from '../preload/channels.ts'
import type { contract } from '../preload/contract/index.ts'

/** Every procedure of the contract, with its types; the same over a port, a socket, or a direct call. */
export type Client = ContractRouterClient<typeof contract>

const connectTimeoutMs = 10_000
const requestIntervalMs = 200

/** Connects to the core over the transport of the host that served this page. Rejects after 10 s. */
export async function connect(): Promise<Client> {
  const host = document.querySelector<HTMLMetaElement>('meta[name="hangar-host"]')?.content
  return createORPCClient(host === 'desktop' ? new PortLink({ port: await requestPort() }) : await openSocketLink())
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

/** A link over a socket; after a loss the next call opens a new one. */
async function openSocketLink(): Promise<ClientLink<ClientContext>> {
  let current: Promise<SocketLink<ClientContext>> | undefined
  const open = async (): Promise<SocketLink<ClientContext>> => {
    const socket = await openSocket()
    socket.addEventListener('close', () => {
      current = undefined
    })
    return new SocketLink({ websocket: socket })
  }
  const link = (): Promise<SocketLink<ClientContext>> => {
    current ??= open().catch((error) => {
      current = undefined
      throw error
    })
    return current
  }
  await link()
  return { call: async (path, input, options) => (await link()).call(path, input, options) }
}

function openSocket(): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/rpc`)
    socket.binaryType = 'arraybuffer'
    const timeout = setTimeout(() => socket.close(), connectTimeoutMs)
    socket.addEventListener('open', () => {
      clearTimeout(timeout)
      resolve(socket)
    })
    socket.addEventListener('close', () => {
      clearTimeout(timeout)
      reject(new Error('The socket to the core closed.'))
    })
  })
}
