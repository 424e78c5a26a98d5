import { type ClientContext, type ClientLink, createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { askChannel, portChannel } from '../preload/channels.ts'
import type { contract } from '../preload/contract/index.ts'

/** Every procedure of the contract, with its types; the same over a port, a socket, or a direct call. */
export type Client = ContractRouterClient<typeof contract>

const connectLimitMs = 10_000
const askEveryMs = 200

/** Reaches the core by the transport of the host that served this page. Rejects when it does not answer within 10 s. */
export async function connect(): Promise<Client> {
  const host = document.querySelector<HTMLMetaElement>('meta[name="hangar-host"]')?.content
  return createORPCClient(host === 'desktop' ? new PortLink({ port: await askForPort() }) : await openSocketLink())
}

/** The bridge answers an ask with the page's one port. It may start later than the page, so it is asked until it does. */
function askForPort(): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    const ask = (): void => window.postMessage(askChannel, location.origin)
    const asking = setInterval(ask, askEveryMs)
    const limit = setTimeout(() => {
      stop()
      reject(new Error('The window could not reach the core of Hangar. Close it and open it again.'))
    }, connectLimitMs)
    const hear = (event: MessageEvent): void => {
      const [port] = event.ports
      if (event.source !== window || event.data !== portChannel || port === undefined) return
      stop()
      port.start()
      resolve(port)
    }
    const stop = (): void => {
      clearInterval(asking)
      clearTimeout(limit)
      window.removeEventListener('message', hear)
    }
    window.addEventListener('message', hear)
    ask()
  })
}

/** A link over a socket that is opened again, by the next call, once it has been lost. */
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
    const limit = setTimeout(() => socket.close(), connectLimitMs)
    socket.addEventListener('open', () => {
      clearTimeout(limit)
      resolve(socket)
    })
    socket.addEventListener('close', () => {
      clearTimeout(limit)
      reject(
        new Error('Hangar does not answer. If it was stopped, start it again and open the address that it prints.'),
      )
    })
  })
}
